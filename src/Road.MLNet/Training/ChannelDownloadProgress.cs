using System.Globalization;
using Microsoft.ML.Runtime;
using Road.Torch.Weights.Download;

namespace Road.MLNet.Data;

/// <summary>Logs a download of weights: its beginning, each quarter, its end, and what goes wrong.</summary>
internal sealed class ChannelDownloadProgress(IChannel channel) : IProgress<WeightsDownloadProgress>
{
    private bool _begun;
    private int _reported;

    public void Report(WeightsDownloadProgress value)
    {
        string name = Path.GetFileName(value.FilePath);
        switch (value.Phase)
        {
            case WeightsDownloadPhase.Waiting:
                Log($"Another process downloads {name}; waiting for it.");
                break;

            case WeightsDownloadPhase.Downloading:
                if (!_begun)
                {
                    _begun = true;
                    _reported = Quarter(value);
                    string rest = value.BytesReceived > 0 ? $", going on from {Megabytes(value.BytesReceived)}" : string.Empty;
                    Log($"Downloading {value.Address.AbsoluteUri} to '{value.FilePath}'{rest}.");
                }
                else if (Quarter(value) > _reported)
                {
                    _reported = Quarter(value);
                    Log($"{name}: {Megabytes(value.BytesReceived)} of {Megabytes(value.TotalBytes ?? 0)}.");
                }

                break;

            case WeightsDownloadPhase.Retrying:
                Log($"{name}: {value.Failure}; trying again from {Megabytes(value.BytesReceived)}.");
                break;

            case WeightsDownloadPhase.Completed:
                Log($"{name} is complete, its checksum right.");
                break;
        }
    }

    // The last quarter's end is the file's, which has a line of its own.
    private static int Quarter(WeightsDownloadProgress value) =>
        value.TotalBytes is { } total and > 0 ? (int)Math.Min(3, 4 * value.BytesReceived / total) : 0;

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    private void Log(string message) => channel.Info(MessageSensitivity.None, message);
}
