using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Road.Torch.Training;

/// <summary>
/// The file that tells which process trains in a folder. A file system's own locks would say more surely whether that process lives,
/// but not across all that share a folder, and nobody could read who holds it.
/// </summary>
internal sealed class TrainingLock : IDisposable
{
    /// <summary>The file's name in its folder.</summary>
    public const string FileName = "checkpoint.lock";

    // Whoever looks at the file has it for himself for a moment.
    private const int Attempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // A process that began later than the lock has only inherited the number; clocks are set back and forth by less.
    private static readonly TimeSpan ClockError = TimeSpan.FromMinutes(1);

    private static readonly Lock Gate = new();
    private static readonly HashSet<Guid> Held = [];

    private readonly string path;
    private readonly Guid token;

    private TrainingLock(string path, Guid token)
    {
        this.path = path;
        this.token = token;
    }

    /// <summary>Takes a folder for this training; a lock of a process of this host that is no more is taken over.</summary>
    /// <param name="directory">The folder; it is made where it is not there.</param>
    /// <exception cref="IOException">Another training has the folder, or the lock cannot be written.</exception>
    public static TrainingLock Take(string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.GetFullPath(Path.Combine(directory, FileName));
        Owner self = new(Environment.ProcessId, Environment.MachineName, DateTime.UtcNow, Guid.NewGuid());
        SetHeld(self.Token, isHeld: true);
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                if (TryTake(path, self) && Read(path)?.Token == self.Token)
                {
                    return new TrainingLock(path, self.Token);
                }

                Thread.Sleep(Pause);
            }

            throw new IOException($"The lock '{path}' cannot be taken, since another process keeps it open. Each training needs a folder of its own.");
        }
        catch
        {
            SetHeld(self.Token, isHeld: false);
            throw;
        }
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose()
    {
        try
        {
            Owner? owner = Read(path);
            for (int attempt = 1; owner is null && File.Exists(path) && attempt < Attempts; attempt++)
            {
                Thread.Sleep(Pause);
                owner = Read(path);
            }

            if (owner?.Token == token)
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The training's own outcome matters more, and the lock is void once this process is gone.
        }

        SetHeld(token, isHeld: false);
    }

    private static void SetHeld(Guid token, bool isHeld)
    {
        lock (Gate)
        {
            _ = isHeld ? Held.Add(token) : Held.Remove(token);
        }
    }

    /// <summary>
    /// Writes ourselves into the file, unless it names somebody who may live. Nobody else has it open meanwhile; but whoever holds it may
    /// just have deleted it, so that it is ours only if it is still there afterwards.
    /// </summary>
    /// <returns>Whether it was written; else somebody else was looking at it.</returns>
    private static bool TryTake(string path, Owner self)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException) && File.Exists(path))
        {
            return false;
        }

        using (stream)
        {
            if (Parse(stream, path) is { } owner && owner.Token != self.Token && MayLive(owner))
            {
                throw InUse(path, owner);
            }

            stream.SetLength(0);
            stream.Position = 0;
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(self, JsonSerializerOptions.Web));
            return true;
        }
    }

    /// <returns>Who holds a lock; null where it is gone, or somebody else looks at it.</returns>
    private static Owner? Read(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Parse(stream, path);
        }
        catch (IOException error) when (error is FileNotFoundException || (error.GetType() == typeof(IOException) && error.InnerException is null))
        {
            return null;
        }
    }

    /// <returns>Who holds a lock; null where nobody has written himself into it yet.</returns>
    private static Owner? Parse(FileStream stream, string path)
    {
        try
        {
            return stream.Length == 0 ? null : JsonSerializer.Deserialize<Owner>(stream, JsonSerializerOptions.Web) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new IOException($"The lock '{path}' does not say which process trains in its folder. Remove it if none does.", error);
        }
    }

    private static bool MayLive(Owner owner)
    {
        if (!string.Equals(owner.Host, Environment.MachineName, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (owner.Process == Environment.ProcessId)
        {
            lock (Gate)
            {
                return Held.Contains(owner.Token);
            }
        }

        try
        {
            using Process process = Process.GetProcessById(owner.Process);
            return !IsZombie(owner.Process) && process.StartTime.ToUniversalTime() < owner.Since + ClockError;
        }
        catch (Win32Exception)
        {
            // It is there, and not ours to look at.
            return true;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether a process has ended and only waits for its parent to notice.</summary>
    private static bool IsZombie(int process)
    {
        try
        {
            // The state follows the program's name, which is in brackets and may hold any.
            string text = OperatingSystem.IsLinux() ? File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat")) : string.Empty;
            return text.AsSpan(text.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X', ..];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IOException InUse(string path, Owner owner) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The folder '{Path.GetDirectoryName(path)}' is in use: process {owner.Process} on host '{owner.Host}' has trained there since {owner.Since:u}. Each training needs a folder of its own. If that process trains no more, remove its lock '{path}'."));

    private sealed record Owner(int Process, string Host, DateTime Since, Guid Token);
}
