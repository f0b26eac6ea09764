using System.Text.Json;
using System.Text.Json.Serialization;
using Road.Torch.Data;
using Road.Torch.Scoring;
using Road.Torch.Weights;

namespace Road.MLNet.Scoring;

/// <summary>
/// What a saved model holds beside its weights, as JSON. Without a fit, as in files of before there was one, images are stretched.
/// </summary>
internal sealed record RoadModelSettings(
    string FactoryType,
    string FactoryAssembly,
    JsonElement FactoryProperties,
    string[] ClassNames,
    byte[] Palette,
    ChannelOrder InputChannels,
    double InputRange,
    double[] InputMean,
    double[] InputStandardDeviation,
    int? NetworkWidth,
    int? NetworkHeight,
    RoadColumns Columns,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScoringOptions? Scoring = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] ImageOrientation ImageOrientation = ImageOrientation.Upright,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImageFit? ImageFit = null);
