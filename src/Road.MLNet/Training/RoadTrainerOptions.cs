using Road.MLNet.Data;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Training;
using Road.Torch.Weights;

namespace Road.MLNet;

/// <summary>The options of <see cref="RoadTrainer"/>: those of the training, and the columns, the network and its weights.</summary>
public sealed class RoadTrainerOptions : RoadTrainingOptions
{
    internal const string DefaultSourceImageColumnName = "SourceImage";
    internal const string DefaultSourceLabelColumnName = "SourceLabel";
    internal const string DefaultTargetImageColumnName = "TargetImage";

    private const int SmallestSide = 16;
    private const int LargestSide = 65_535;

    /// <summary>The column of source images, <c>MLImage</c>; <c>SourceImage</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string SourceImageColumnName
    {
        get;
        set => field = OptionGuard.NotEmpty(value);
    } = DefaultSourceImageColumnName;

    /// <summary>The column of source labels, <c>Vector&lt;Key&lt;byte&gt;&gt;</c>; <c>SourceLabel</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string SourceLabelColumnName
    {
        get;
        set => field = OptionGuard.NotEmpty(value);
    } = DefaultSourceLabelColumnName;

    /// <summary>
    /// The column of target images, and of the images that the trained transformer scores, <c>MLImage</c>; <c>TargetImage</c> by default.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string TargetImageColumnName
    {
        get;
        set => field = OptionGuard.NotEmpty(value);
    } = DefaultTargetImageColumnName;

    /// <summary>
    /// The column of the labels that some target images have, <c>Vector&lt;Key&lt;byte&gt;&gt;</c> with the source's classes, empty where
    /// an image has none; null, the default, where none has. <see cref="LabelMaskCatalog.LoadLabelMasks"/> makes it of paths, with
    /// <c>allowsMissing</c>. Every step then trains on crops of the labelled images too, as
    /// <see cref="TrainingOptions.TargetLabelCrops"/> and <see cref="TrainingOptions.TargetLabelWeight"/> say.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string? TargetLabelColumnName
    {
        get;
        set => field = value is null ? null : OptionGuard.NotEmpty(value);
    }

    /// <summary>The column of predicted class masks; <c>PredictedLabel</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string PredictedLabelColumnName
    {
        get;
        set => field = OptionGuard.NotEmpty(value);
    } = "PredictedLabel";

    /// <summary>The column of predicted masks as images in the palette's colours; <c>PredictedMask</c> by default.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string PredictedMaskColumnName
    {
        get;
        set => field = OptionGuard.NotEmpty(value);
    } = "PredictedMask";

    /// <summary>The column of class probabilities, <c>Vector&lt;float&gt;</c>, K x H x W; null (the default) for none.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string? ScoreColumnName
    {
        get;
        set => field = value is null ? null : OptionGuard.NotEmpty(value);
    }

    /// <summary>
    /// The column of the largest class probability of each pixel, <c>Vector&lt;float&gt;</c>, H x W; null (the default) for none. It costs
    /// little beside the labels, and the trained transformer can be given it later: <see cref="RoadTransformer.ConfidenceColumnName"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string? ConfidenceColumnName
    {
        get;
        set => field = value is null ? null : OptionGuard.NotEmpty(value);
    }

    /// <summary>The network to train; DeepLab v2 on VGG-16 by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public SegmentationNetworkFactory Network
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Network));
    } = new DeepLabV2Factory();

    /// <summary>
    /// The backbone's pretrained weights: a file's path, or <see cref="BackboneWeights.ImageNet"/>, which is downloaded once; null (the
    /// default) for none. Then distillation takes the weights that lie beside the application already
    /// (<see cref="BackboneWeights.DnnImageFeaturizer"/>), where the network's backbone is theirs; else the training starts from random
    /// weights, which leaves nothing to distil, and goes without distillation, with a warning. With an <see cref="InitialModel"/> they are
    /// what is distilled alone.
    /// </summary>
    public BackboneWeights? BackboneWeights { get; set; }

    /// <summary>
    /// The trained model that the training goes on from: the path of a saved one, or a <see cref="RoadTransformer"/>; null (the default)
    /// for none. It must be of the same <see cref="Network"/> and the same classes. Its weights are where every layer starts, and its
    /// input normalisation is kept. Pretrained weights, to which distillation holds, are those that <see cref="BackboneWeights"/> name;
    /// without them the model's own.
    /// </summary>
    public InitialModel? InitialModel { get; set; }

    /// <summary>
    /// The size that source images and labels are scaled to, as <see cref="ImageFit"/> says, each side 16 to 65,535; null (the default) as
    /// loaded.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside its range.</exception>
    public ImageSize? SourceImageSize
    {
        get;
        set => field = CheckSize(value, nameof(SourceImageSize));
    }

    /// <summary>
    /// The size that target images are scaled to, as <see cref="ImageFit"/> says, in training and in scoring, each side 16 to
    /// 65,535; null (the default) as loaded. Masks have the size of the image that came in.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside its range.</exception>
    public ImageSize? TargetImageSize
    {
        get;
        set => field = CheckSize(value, nameof(TargetImageSize));
    }

    /// <summary>
    /// How images are brought to <see cref="SourceImageSize"/> and <see cref="TargetImageSize"/>; by default they keep their aspect
    /// ratio and the size is a box that they fit in.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public ImageFit ImageFit
    {
        get;
        set => field = OptionGuard.Defined(value);
    }

    /// <summary>
    /// The most pixels, width times height, that an image file may have, 1 to 536,870,911; 2^28 by default. A larger one is refused by its
    /// header, before <c>LoadImages</c> takes memory for it. Label masks have a limit of their own, in <c>LoadLabelMasks</c>, and the
    /// trained transformer another, <see cref="RoadTransformer.MaxPixels"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MaxPixels
    {
        get;
        set => field = PixelLimit.CheckOption(value);
    } = PixelLimit.Default;

    /// <summary>
    /// Whether photos are turned as the orientation in their metadata says, as viewers show them, in training and in scoring; so by
    /// default. It counts for files that <c>LoadImages</c> reads; label masks are taken to lie on the view that is trained on.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public ImageOrientation ImageOrientation
    {
        get;
        set => field = OptionGuard.Defined(value);
    }

    /// <summary>
    /// Receives the network every <see cref="TrainingOptions.EvaluationInterval"/> steps and after the last, on the
    /// training's own thread, to follow a metric or to keep the best model; null (the default) for none. The training
    /// waits for it and comes out the same as without it; what it throws ends the training.
    /// </summary>
    public Action<RoadSnapshot>? Evaluation { get; set; }

    /// <summary>How the trained transformer scores images: in float32, whole images, at one scale by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ScoringOptions Scoring
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(Scoring));
    } = new();

    internal static ImageSize? CheckSize(ImageSize? size, string property)
    {
        if (size is { } value)
        {
            OptionGuard.Between(value.Width, SmallestSide, LargestSide, property + ".Width");
            OptionGuard.Between(value.Height, SmallestSide, LargestSide, property + ".Height");
        }

        return size;
    }
}
