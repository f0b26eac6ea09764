using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;

[assembly: LoadableClass(
    typeof(LabelMaskLoadingTransformer), typeof(ImageSharpMaskLoader), null, typeof(SignatureLoadModel), "Label mask loader by ImageSharp",
    ImageSharpMaskLoader.LoaderSignature)]

namespace Road.MLNet.Data;

/// <summary>Makes saved loaders of masks again that read by ImageSharp.</summary>
internal static class ImageSharpMaskLoader
{
    /// <summary>The name that ML.NET finds this by.</summary>
    public const string LoaderSignature = "RoadImageSharpMasks";

    /// <summary>The factory that ML.NET's loader looks for by this name.</summary>
    public static LabelMaskLoadingTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        LabelMaskLoadingTransformer.Load(env, ctx, ImageSharpMaskReader.Instance);
}
