namespace Road.MLNet.Interop;

/// <summary>What marks a saved transformer of ours in an ML.NET model file.</summary>
/// <param name="Signature">Eight ASCII characters at the head of the transformer's stream.</param>
/// <param name="LoaderSignature">
/// The name under which <c>LoadableClassAttribute</c> registers the loader: at most 24 ASCII characters.
/// </param>
/// <param name="Version">The version written, and the newest that can be read; every older one can be read too.</param>
/// <param name="FirstSealed">The first version whose files carry a digest, see <see cref="ModelSeal"/>.</param>
internal sealed record ModelFormat(string Signature, string LoaderSignature, uint Version, uint FirstSealed)
{
    /// <summary>The assembly that the loader is found in: this one, or another package's.</summary>
    public string LoaderAssembly { get; init; } = typeof(ModelFormat).Assembly.GetName().Name!;
}
