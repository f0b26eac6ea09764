namespace Road.Torch.Tests.Weights.Download;

/// <summary>How a <see cref="FaultyServer"/> stops in the middle of an answer.</summary>
internal enum ServedFault
{
    /// <summary>It closes the connection in good order.</summary>
    Close,

    /// <summary>It resets the connection.</summary>
    Reset,

    /// <summary>It keeps the connection and says nothing more.</summary>
    Stall,
}
