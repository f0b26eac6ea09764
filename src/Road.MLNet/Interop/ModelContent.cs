namespace Road.MLNet.Interop;

/// <summary>The settings of a saved transformer, and what is known of the file that they came from.</summary>
/// <typeparam name="T">The settings.</typeparam>
/// <param name="Settings">The settings.</param>
/// <param name="SettingsHash">Their SHA-256.</param>
/// <param name="IsVerified">Whether the whole file is as it was written.</param>
/// <param name="HasDigests">Whether the version is one that writes digests, so that one which is missing is damage.</param>
internal sealed record ModelContent<T>(T Settings, string SettingsHash, bool IsVerified, bool HasDigests);
