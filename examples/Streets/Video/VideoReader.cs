using System.Globalization;
using System.Text;
using Microsoft.ML.Data;

namespace Streets.Video;

/// <summary>Reads the frames of a video through ffmpeg, upright, as many of each second as asked for.</summary>
internal sealed class VideoReader : IDisposable
{
    private const int LongestHeader = 4096;

    private readonly string _file;
    private readonly int _maxPixels;
    private readonly FfmpegProcess _ffmpeg;
    private readonly BufferedStream _stream;

    /// <param name="file">The video.</param>
    /// <param name="frameRate">The frames of a second, where they come at another pace some are left out or doubled.</param>
    /// <param name="maxPixels">The most pixels that a frame may have.</param>
    /// <exception cref="InvalidOperationException">ffmpeg is not installed.</exception>
    public VideoReader(string file, string frameRate, int maxPixels)
    {
        (_file, _maxPixels) = (file, maxPixels);

        // Each frame comes with its size, which is that after the turn that the file asks for.
        _ffmpeg = FfmpegProcess.Start(
            "ffmpeg", "-v", "error", "-nostdin", "-i", file, "-map", "0:v:0", "-vf", $"fps={frameRate}", "-f", "image2pipe", "-c:v", "pam",
            "-pix_fmt", "rgba", "-");
        _stream = new BufferedStream(_ffmpeg.Output, 1 << 20);
    }

    /// <summary>Reads the next frame; null after the last. The caller disposes it.</summary>
    /// <exception cref="InvalidDataException">The video is damaged, or its frames are too large.</exception>
    public MLImage? Read()
    {
        if (ReadLine() is not { } first)
        {
            return null;
        }

        int width = 0;
        int height = 0;
        for (string? line = first; line != "ENDHDR"; line = ReadLine())
        {
            string[] words = (line ?? throw CutOff()).Split(' ');
            width = words[0] == "WIDTH" ? int.Parse(words[1], CultureInfo.InvariantCulture) : width;
            height = words[0] == "HEIGHT" ? int.Parse(words[1], CultureInfo.InvariantCulture) : height;
        }

        if (width < 1 || height < 1 || (long)width * height > _maxPixels)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The frames of '{_file}' are {width} x {height}, more pixels than the limit of {_maxPixels} (--max-pixels)."));
        }

        byte[] pixels = new byte[width * height * 4];
        return _stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false) == pixels.Length
            ? MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels)
            : throw CutOff();
    }

    /// <summary>Waits for the end of ffmpeg; gives what it complained of.</summary>
    /// <exception cref="InvalidDataException">It failed; the message has its words.</exception>
    public string Finish() => _ffmpeg.Finish($"read '{_file}'");

    public void Dispose()
    {
        _ffmpeg.Dispose();
        _stream.Dispose();
    }

    private InvalidDataException CutOff() => new($"ffmpeg ended in the middle of a frame of '{_file}'.");

    private string? ReadLine()
    {
        StringBuilder line = new();
        for (int value = _stream.ReadByte(); value != '\n'; value = _stream.ReadByte())
        {
            if (value < 0 || line.Length > LongestHeader)
            {
                return line.Length == 0 ? null : throw CutOff();
            }

            line.Append((char)value);
        }

        return line.ToString();
    }
}
