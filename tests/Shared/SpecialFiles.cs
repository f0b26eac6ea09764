using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace Road.Tests;

/// <summary>Makes what has a name in a folder but is no regular file; whoever opens the wrong one waits for ever.</summary>
internal static class SpecialFiles
{
    private static readonly List<Socket> Sockets = [];

    /// <summary>What <see cref="Make"/> makes, and what messages call it.</summary>
    public static IEnumerable<object[]> Kinds =>
    [
        ["pipe", "a named pipe"],
        ["link to a pipe", "a named pipe"],
        ["endless device", "a device"],
        ["socket", "a socket"],
        ["folder", "a folder"],
    ];

    /// <summary>Makes one; a test on a system that has none ends as inconclusive.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="path">Where.</param>
    public static void Make(string kind, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Only Linux has all kinds of special files in the form that is tried here.");
        }

        switch (kind)
        {
            case "pipe":
                MakePipe(path);
                break;
            case "link to a pipe":
                MakePipe(path + ".pipe");
                File.CreateSymbolicLink(path, path + ".pipe");
                break;
            case "endless device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "socket":
                // Disposing it would take its name away.
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                Sockets.Add(socket);
                break;
            default:
                Directory.CreateDirectory(path);
                break;
        }
    }

    private static void MakePipe(string path)
    {
        try
        {
            using Process process = Process.Start("mkfifo", [path]);
            process.WaitForExit();
            Assert.AreEqual(0, process.ExitCode);
        }
        catch (Win32Exception error)
        {
            Assert.Inconclusive($"mkfifo cannot be run: {error.Message}");
        }
    }
}
