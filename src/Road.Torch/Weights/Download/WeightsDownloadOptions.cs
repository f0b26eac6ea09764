namespace Road.Torch.Weights.Download;

/// <summary>
/// Where published weights come from and where they are kept. What is not set follows the environment, which is read
/// when the weights are loaded.
/// </summary>
public sealed class WeightsDownloadOptions
{
    private const string FolderVariable = "ROAD_WEIGHTS_CACHE";
    private const string AddressVariable = "ROAD_WEIGHTS_URL";
    private const string OfflineVariable = "ROAD_OFFLINE";
    private const string DefaultAddress = "https://download.pytorch.org/models/";
    private const int MostRetries = 100;

    private static readonly TimeSpan LongestStall = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromMinutes(1);

    private string? _folder;
    private Uri? _baseAddress;
    private bool? _offline;

    /// <summary>
    /// The folder of downloaded files, as a full path. By default what <c>ROAD_WEIGHTS_CACHE</c> names, else
    /// <c>road/weights</c> in the user's folder of caches: <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>,
    /// <c>~/Library/Caches</c> on macOS, the local application data on Windows. Files keep their published names.
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    /// <exception cref="InvalidOperationException">Nothing is set and the user has no folder of caches.</exception>
    public string Folder
    {
        get => _folder ?? DefaultFolder();
        set => _folder = Path.GetFullPath(OptionGuard.NotEmpty(value));
    }

    /// <summary>
    /// The address that holds the files, absolute, http or https, without user name, query or fragment. By default what
    /// <c>ROAD_WEIGHTS_URL</c> states, else <c>https://download.pytorch.org/models/</c>. Checksums do not come from
    /// there, so a mirror that is not trusted can do no more than fail.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">The value is no such address.</exception>
    /// <exception cref="InvalidOperationException">Nothing is set and <c>ROAD_WEIGHTS_URL</c> states no such address.</exception>
    public Uri BaseAddress
    {
        get => _baseAddress ?? AddressFromEnvironment();
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _baseAddress = IsUsable(value)
                ? value
                : throw new ArgumentException($"{nameof(BaseAddress)} is '{value}'; it must be {AddressRange}.", nameof(BaseAddress));
        }
    }

    /// <summary>
    /// Whether only files that are in the folder already are used, and no connection is made. By default what
    /// <c>ROAD_OFFLINE</c> says (<c>1</c> or <c>true</c>, <c>0</c> or <c>false</c>), else false.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing is set and <c>ROAD_OFFLINE</c> says something else.</exception>
    public bool Offline
    {
        get => _offline ?? OfflineFromEnvironment();
        set => _offline = value;
    }

    /// <summary>
    /// How long a server may send nothing before the request counts as failed: more than 0, at most an hour; 30 seconds by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public TimeSpan StallTimeout
    {
        get;
        set => field = value > TimeSpan.Zero && value <= LongestStall
            ? value
            : throw OutOfRange(nameof(StallTimeout), value, "more than 0", LongestStall);
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a failed request is repeated, 0 to 100; 3 by default. Requests that bring the file on by 1 MiB or more
    /// start the count again.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Retries
    {
        get;
        set => field = OptionGuard.Between(value, 0, MostRetries);
    } = 3;

    /// <summary>
    /// The delay before the first repetition, 0 to a minute; one second by default. It doubles from each to the next, to 30 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public TimeSpan RetryDelay
    {
        get;
        set => field = value >= TimeSpan.Zero && value <= LongestRetryDelay
            ? value
            : throw OutOfRange(nameof(RetryDelay), value, "0", LongestRetryDelay);
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Is told how a download goes, about a hundred times, from another thread than the caller's; null (the default) for nobody.
    /// </summary>
    public IProgress<WeightsDownloadProgress>? Progress { get; set; }

    private static string AddressRange => "an absolute http or https address without user name, query or fragment";

    private static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { } named && !string.IsNullOrWhiteSpace(named))
        {
            return Path.GetFullPath(named);
        }

        string caches = CacheFolder();
        return caches.Length > 0
            ? Path.Combine(caches, "road", "weights")
            : throw new InvalidOperationException(
                $"This user has no folder for caches; set {nameof(Folder)}, or the environment variable {FolderVariable}.");
    }

    private static string CacheFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        }

        // The XDG base directory specification has relative values ignored.
        if (!OperatingSystem.IsMacOS() && Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } caches && Path.IsPathRooted(caches))
        {
            return caches;
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (home.Length == 0)
        {
            return home;
        }

        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
    }

    private static Uri AddressFromEnvironment()
    {
        string? stated = Environment.GetEnvironmentVariable(AddressVariable);
        if (string.IsNullOrWhiteSpace(stated))
        {
            return new Uri(DefaultAddress);
        }

        return Uri.TryCreate(stated, UriKind.Absolute, out Uri? address) && IsUsable(address)
            ? address
            : throw new InvalidOperationException($"The environment variable {AddressVariable} is '{stated}'; it must be {AddressRange}.");
    }

    // An address is shown in messages and logs, so it must not carry secrets.
    private static bool IsUsable(Uri address) =>
        address.IsAbsoluteUri
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address.UserInfo.Length == 0
        && address.Query.Length == 0
        && address.Fragment.Length == 0;

    private static bool OfflineFromEnvironment() =>
        Environment.GetEnvironmentVariable(OfflineVariable)?.Trim().ToUpperInvariant() switch
        {
            null or "" or "0" or "FALSE" => false,
            "1" or "TRUE" => true,
            string other => throw new InvalidOperationException(
                $"The environment variable {OfflineVariable} is '{other}'; it must be 1, true, 0 or false."),
        };

    private static ArgumentOutOfRangeException OutOfRange(string property, TimeSpan value, string lowest, TimeSpan highest) =>
        new(property, value, $"{property} is {value}; it must be {lowest} to {highest}.");
}
