namespace Road.MLNet.Interop;

/// <summary>A transformer of ours, which gives every model that it is part of a digest, see <see cref="ModelSeal"/>.</summary>
internal interface ISealedTransformer;
