namespace Road.MLNet.Data;

/// <summary>Gives every class a colour of its own where the user names none.</summary>
internal static class ClassPalette
{
    // The colours that Cityscapes gave to street classes, and that most work on streets has kept since.
    private static readonly Dictionary<string, RgbColor> StreetColors = new(StringComparer.OrdinalIgnoreCase)
    {
        ["road"] = new(128, 64, 128),
        ["sidewalk"] = new(244, 35, 232),
        ["pavement"] = new(244, 35, 232),
        ["building"] = new(70, 70, 70),
        ["wall"] = new(102, 102, 156),
        ["fence"] = new(190, 153, 153),
        ["pole"] = new(153, 153, 153),
        ["traffic light"] = new(250, 170, 30),
        ["traffic sign"] = new(220, 220, 0),
        ["sign"] = new(220, 220, 0),
        ["vegetation"] = new(107, 142, 35),
        ["tree"] = new(107, 142, 35),
        ["terrain"] = new(152, 251, 152),
        ["sky"] = new(70, 130, 180),
        ["person"] = new(220, 20, 60),
        ["pedestrian"] = new(220, 20, 60),
        ["rider"] = new(255, 0, 0),
        ["car"] = new(0, 0, 142),
        ["truck"] = new(0, 0, 70),
        ["bus"] = new(0, 60, 100),
        ["train"] = new(0, 80, 100),
        ["motorcycle"] = new(0, 0, 230),
        ["bicycle"] = new(119, 11, 32),
        ["bicyclist"] = new(119, 11, 32),
    };

    /// <summary>Fills in the colours that are not given; no colour that is filled in occurs twice.</summary>
    /// <param name="classNames">The classes' names.</param>
    /// <param name="colors">A colour or null for each class, or null for none at all.</param>
    public static RgbColor[] Complete(IReadOnlyList<string> classNames, IReadOnlyList<RgbColor?>? colors)
    {
        // Black is what an ignored pixel of a mask shows.
        var taken = new HashSet<RgbColor> { default };
        var result = new RgbColor?[classNames.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = colors?[i];
            taken.UnionWith(result[i] is { } color ? [color] : []);
        }

        for (int i = 0; i < result.Length; i++)
        {
            if (result[i] is null && StreetColors.TryGetValue(classNames[i], out RgbColor street) && taken.Add(street))
            {
                result[i] = street;
            }
        }

        // There are as many default colours as a mask can have classes, so they never run out.
        byte[] defaults = LabelColumn.DefaultColors(LabelColumn.MaxClasses);
        int next = 0;
        for (int i = 0; i < result.Length; i++)
        {
            while (result[i] is null)
            {
                var color = new RgbColor(defaults[next], defaults[next + 1], defaults[next + 2]);
                next += 3;
                result[i] = taken.Add(color) ? color : null;
            }
        }

        return [.. result.Select(color => color!.Value)];
    }
}
