namespace Road.Tests;

/// <summary>How long tests wait for what must happen.</summary>
internal static class Patience
{
    /// <summary>Ends what hangs; nothing that a busy machine merely delays takes so long.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
}
