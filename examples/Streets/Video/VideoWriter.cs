using System.Globalization;
using Microsoft.ML.Data;
using Road.Files;

namespace Streets.Video;

/// <summary>
/// Writes frames into a video through ffmpeg: into a temporary file beside the place, which gets its name when it is whole.
/// </summary>
internal sealed class VideoWriter : IDisposable
{
    private static readonly Dictionary<string, string> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mp4"] = "mp4",
        [".m4v"] = "mp4",
        [".mov"] = "mov",
        [".mkv"] = "matroska",
        [".webm"] = "webm",
        [".avi"] = "avi",
        [".gif"] = "gif",
    };

    private readonly string _file;
    private readonly string _source;
    private readonly string _frameRate;
    private readonly string _temporary;
    private readonly FileStream _hold;
    private FfmpegProcess? _ffmpeg;
    private (int Width, int Height) _size;
    private bool _isDone;

    /// <param name="file">The video to write.</param>
    /// <param name="source">The video whose sound it gets.</param>
    /// <param name="frameRate">The frames of a second.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public VideoWriter(string file, string source, string frameRate)
    {
        (_file, _source, _frameRate) = (file, source, frameRate);
        string folder = Directory.CreateDirectory(Path.GetDirectoryName(file)!).FullName;
        AtomicFile.DeleteLeftovers(file);
        _temporary = AtomicFile.TemporaryFile(folder);

        // Held open, so that another run in this folder does not take it for what a killed one has left.
        _hold = new FileStream(
            _temporary, FileMode.CreateNew, FileAccess.Write,
            OperatingSystem.IsWindows() ? FileShare.ReadWrite | FileShare.Delete : FileShare.Delete);
    }

    /// <summary>The endings that a video's name may have.</summary>
    public static IEnumerable<string> Endings => Formats.Keys;

    /// <summary>Whether a video can be written under a name.</summary>
    public static bool IsSupported(string file) => Formats.ContainsKey(Path.GetExtension(file));

    /// <summary>Adds a frame.</summary>
    /// <exception cref="InvalidDataException">ffmpeg failed; the message has its words.</exception>
    public void Write(MLImage frame)
    {
        if (_ffmpeg is null)
        {
            _size = (frame.Width, frame.Height);
            _ffmpeg = Start();
        }
        else if (_size != (frame.Width, frame.Height))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The frames of '{_source}' change from {_size.Width} x {_size.Height} to {frame.Width} x {frame.Height} on the way."));
        }

        try
        {
            _ffmpeg.Input.Write(frame.Pixels);
        }
        catch (IOException error)
        {
            _ffmpeg.Finish($"write '{_file}'");
            throw new IOException($"Cannot write '{_file}': {error.Message}", error);
        }
    }

    /// <summary>Ends the video and gives it its name.</summary>
    /// <exception cref="InvalidDataException">ffmpeg failed; the message has its words.</exception>
    public void Finish()
    {
        try
        {
            _ffmpeg!.Input.Flush();
        }
        catch (IOException)
        {
            // It has ended already, and says below why.
        }

        _ffmpeg!.Finish($"write '{_file}'");
        _hold.Dispose();
        File.Move(_temporary, _file, overwrite: true);
        _isDone = true;
    }

    public void Dispose()
    {
        _ffmpeg?.Dispose();
        _hold.Dispose();
        if (!_isDone)
        {
            File.Delete(_temporary);
        }
    }

    private FfmpegProcess Start()
    {
        string ending = Path.GetExtension(_file);
        string size = string.Create(CultureInfo.InvariantCulture, $"{_size.Width}x{_size.Height}");
        bool keepsSound = ending.Equals(Path.GetExtension(_source), StringComparison.OrdinalIgnoreCase);

        // Players want even sides.
        return FfmpegProcess.Start(
            "ffmpeg",
            [
                "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", size, "-r", _frameRate, "-i", "-", "-i", _source,
                "-map", "0:v", "-map", "1:a?", .. keepsSound ? (string[])["-c:a", "copy"] : [], "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2",
                .. ending.Equals(".gif", StringComparison.OrdinalIgnoreCase) ? (string[])[] : ["-pix_fmt", "yuv420p"],
                "-metadata", $"comment={VideoFile.Mark}", "-f", Formats[ending], _temporary,
            ]);
    }
}
