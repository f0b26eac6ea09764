using Road.Torch.Weights.Download;

namespace Road.Torch.Tests.Weights.Download;

[TestClass]
public sealed class WeightsDownloadOptionsTests
{
    private static readonly string[] Variables = ["ROAD_WEIGHTS_CACHE", "ROAD_WEIGHTS_URL", "ROAD_OFFLINE", "XDG_CACHE_HOME", "HOME"];

    private readonly Dictionary<string, string?> _environment = [];

    [TestInitialize]
    public void ClearEnvironment()
    {
        foreach (string variable in Variables)
        {
            _environment[variable] = Environment.GetEnvironmentVariable(variable);
            if (variable != "HOME")
            {
                Environment.SetEnvironmentVariable(variable, null);
            }
        }
    }

    [TestCleanup]
    public void RestoreEnvironment()
    {
        foreach ((string variable, string? value) in _environment)
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }

    [TestMethod]
    public void Defaults()
    {
        WeightsDownloadOptions options = new();
        Assert.AreEqual(new Uri("https://download.pytorch.org/models/"), options.BaseAddress);
        Assert.IsFalse(options.Offline);
        Assert.AreEqual(TimeSpan.FromSeconds(30), options.StallTimeout);
        Assert.AreEqual(3, options.Retries);
        Assert.AreEqual(TimeSpan.FromSeconds(1), options.RetryDelay);
        Assert.IsNull(options.Progress);
        StringAssert.EndsWith(options.Folder, Path.Combine("road", "weights"));
        Assert.IsTrue(Path.IsPathFullyQualified(options.Folder));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void TheFolderFollowsTheUsersCaches()
    {
        WeightsDownloadOptions options = new();
        Environment.SetEnvironmentVariable("HOME", "/home/somebody");
        Assert.AreEqual("/home/somebody/.cache/road/weights", options.Folder);
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", "/caches");
        Assert.AreEqual("/caches/road/weights", options.Folder);
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", "relative");
        Assert.AreEqual("/home/somebody/.cache/road/weights", options.Folder);
    }

    [TestMethod]
    public void TheEnvironmentIsReadWhenItIsNeededAndWhatIsSetWins()
    {
        WeightsDownloadOptions options = new();
        Environment.SetEnvironmentVariable("ROAD_WEIGHTS_CACHE", "some/folder");
        Environment.SetEnvironmentVariable("ROAD_WEIGHTS_URL", "http://mirror.example/weights");
        Environment.SetEnvironmentVariable("ROAD_OFFLINE", "1");
        Assert.AreEqual(Path.GetFullPath("some/folder"), options.Folder);
        Assert.AreEqual(new Uri("http://mirror.example/weights"), options.BaseAddress);
        Assert.IsTrue(options.Offline);

        options.Folder = "other";
        options.BaseAddress = new Uri("https://other.example/");
        options.Offline = false;
        Assert.AreEqual(Path.GetFullPath("other"), options.Folder);
        Assert.AreEqual(new Uri("https://other.example/"), options.BaseAddress);
        Assert.IsFalse(options.Offline);
    }

    [TestMethod]
    [DataRow("1", true)]
    [DataRow("true", true)]
    [DataRow("TRUE", true)]
    [DataRow("0", false)]
    [DataRow("False", false)]
    [DataRow("", false)]
    public void OfflineIsSaidInTwoWays(string value, bool offline)
    {
        Environment.SetEnvironmentVariable("ROAD_OFFLINE", value);
        Assert.AreEqual(offline, new WeightsDownloadOptions().Offline);
    }

    [TestMethod]
    public void AnEnvironmentThatMakesNoSenseIsNamed()
    {
        WeightsDownloadOptions options = new();
        Environment.SetEnvironmentVariable("ROAD_OFFLINE", "maybe");
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => options.Offline).Message, "ROAD_OFFLINE is 'MAYBE'; it must be 1");
        foreach (string address in (string[])["mirror", "file:///tmp/weights", "ftp://mirror/"])
        {
            Environment.SetEnvironmentVariable("ROAD_WEIGHTS_URL", address);
            string message = Assert.ThrowsExactly<InvalidOperationException>(() => options.BaseAddress).Message;
            StringAssert.Contains(message, $"ROAD_WEIGHTS_URL is '{address}'; it must be an absolute http or https address");
        }
    }

    [TestMethod]
    [DataRow("models/")]
    [DataRow("file:///tmp/")]
    [DataRow("https://user:password@mirror.example/")]
    [DataRow("https://mirror.example/?token=1")]
    [DataRow("https://mirror.example/#part")]
    public void AddressesOutOfRangeAreRefused(string address)
    {
        WeightsDownloadOptions options = new();
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => options.BaseAddress = new Uri(address, UriKind.RelativeOrAbsolute));
        StringAssert.Contains(error.Message, "BaseAddress is");
    }

    [TestMethod]
    public void ValuesOutOfRangeAreRefusedAtOnce()
    {
        WeightsDownloadOptions options = new();
        Assert.ThrowsExactly<ArgumentNullException>(() => options.BaseAddress = null!);
        Assert.ThrowsExactly<ArgumentException>(() => options.Folder = " ");
        AssertRefused(() => options.StallTimeout = TimeSpan.Zero, "StallTimeout is 00:00:00; it must be more than 0 to 01:00:00.");
        AssertRefused(() => options.StallTimeout = TimeSpan.FromHours(2), "StallTimeout is 02:00:00");
        AssertRefused(() => options.RetryDelay = TimeSpan.FromSeconds(-1), "RetryDelay is -00:00:01; it must be 0 to 00:01:00.");
        AssertRefused(() => options.RetryDelay = TimeSpan.FromSeconds(61), "RetryDelay is 00:01:01");
        AssertRefused(() => options.Retries = -1, "Retries is -1; it must be 0 to 100.");
        AssertRefused(() => options.Retries = 101, "Retries is 101");
        Assert.AreEqual(3, options.Retries);
    }

    private static void AssertRefused(Action set, string message) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(set).Message, message);
}
