using System.Text;
using Road.MLNet;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>Files of classes.</summary>
internal sealed class ClassesKind : FuzzKind
{
    public const string KindName = "classes";

    public ClassesKind()
        : base(KindName)
    {
        Seeds =
        [
            Write("ids.json", """
                {"classes": [{"name": "road", "color": [1,2,3], "ids": [0, 7]}, {"name": "car", "ids": [1]}], "channel": "red", "bits": 16}
                """),
            Write("colors.json", """
                {"classes": [{"name": "road", "maskColors": [[1,2,3]]},
                  {"name": "car", "color": [9,9,9], "maskColors": [[4,5,6], [7,8,9]]}]}
                """),
            Write("others.json", """
                {"classes": [{"name": "rest", "ids": "others"}, {"name": "lane", "ids": [255]}]}
                """),
        ];
    }

    public override string? Use(FuzzSeed seed, string path)
    {
        LabelEncoding encoding = LabelEncoding.FromJsonFile(path);
        return encoding.ClassNames.Count is >= 2 and <= 255 && encoding.ClassColors.Count == encoding.ClassNames.Count
            ? null
            : $"the encoding has {encoding.ClassNames.Count} classes and {encoding.ClassColors.Count} colours";
    }

    private static FuzzSeed Write(string name, string text) => new(name, Encoding.UTF8.GetBytes(text), FuzzForm.Json);
}
