namespace Road.MLNet;

/// <content>The encodings of published data sets.</content>
public sealed partial class LabelEncoding
{
    private static readonly string[] CamVidNames =
        ["sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist"];

    /// <summary>
    /// Cityscapes' <c>*_gtFine_labelIds.png</c>: 8-bit masks of label ids, of which 19 are the classes of
    /// <see cref="CityscapesClasses"/> and all others are ignored.
    /// </summary>
    public static LabelEncoding Cityscapes => field ??= OfCityscapes(
        CityscapesClasses.LabelIds.Index().ToDictionary(static pair => pair.Item, static pair => pair.Index), sampleBits: 8);

    /// <summary>
    /// Cityscapes' <c>*_gtFine_labelTrainIds.png</c>, which its scripts write: 8-bit masks whose value i is the i-th of
    /// <see cref="CityscapesClasses"/>; all others are ignored.
    /// </summary>
    public static LabelEncoding CityscapesTrainIds => field ??= OfCityscapes(
        Enumerable.Range(0, CityscapesClasses.Names.Count).ToDictionary(i => i), sampleBits: 8);

    /// <summary>
    /// GTA5 (Richter et al., ECCV 2016): palette masks of at most 8 bits whose index, not its colour, is Cityscapes' label
    /// id; 34, licence plates, is ignored like all ids that are not scored. The classes are <see cref="CityscapesClasses"/>.
    /// </summary>
    public static LabelEncoding Gta5 => Cityscapes;

    /// <summary>
    /// SYNTHIA-RAND-CITYSCAPES (Ros et al., CVPR 2016): 16-bit RGB masks whose red sample is the class. 16 of them are
    /// classes of <see cref="CityscapesClasses"/>, all others are ignored; terrain, truck and train never occur. Masks of 8
    /// bits are refused: tools that cut 16 bits to 8 make every class 0.
    /// </summary>
    public static LabelEncoding Synthia => field ??= OfCityscapes(
        new()
        {
            [3] = 0,
            [4] = 1,
            [2] = 2,
            [21] = 3,
            [5] = 4,
            [7] = 5,
            [15] = 6,
            [9] = 7,
            [6] = 8,
            [1] = 10,
            [10] = 11,
            [17] = 12,
            [8] = 13,
            [19] = 15,
            [12] = 17,
            [11] = 18,
        },
        sampleBits: 16,
        LabelChannel.Red);

    /// <summary>
    /// CamVid in the form of 11 classes with masks in <c>trainannot</c> and the like: sky, building, pole, road, pavement,
    /// tree, sign, fence, car, pedestrian, bicyclist, pixel values 0 to 10; 11 is unlabelled and ignored.
    /// </summary>
    public static LabelEncoding CamVid => field ??= FromIds(CamVidNames).WithSampleBits(8);

    /// <summary>
    /// The masks of <see cref="CamVid"/> as <see cref="CityscapesClasses"/>, to score a model of those: pavement is
    /// sidewalk, tree vegetation, sign traffic sign, pedestrian person, bicyclist bicycle. CamVid's classes are wider, so
    /// score them merged: see <see cref="CityscapesClasses.ToCamVid"/>.
    /// </summary>
    public static LabelEncoding CamVidAsCityscapes => field ??= OfCityscapes(
        new() { [0] = 10, [1] = 2, [2] = 5, [3] = 0, [4] = 1, [5] = 8, [6] = 7, [7] = 4, [8] = 13, [9] = 11, [10] = 18 }, sampleBits: 8);

    private static LabelEncoding OfCityscapes(Dictionary<int, int> idToClass, int sampleBits, LabelChannel channel = LabelChannel.Index) =>
        FromIdMap(CityscapesClasses.Names, idToClass, CityscapesClasses.Colors, channel).WithSampleBits(sampleBits);

    private LabelEncoding WithSampleBits(int sampleBits) =>
        new(ClassNames, ClassColors, IdToClass, ColorToClass, Channel, sampleBits, OthersClass);
}
