using Road.Torch.Data;

namespace Road.Torch.Training;

/// <summary>
/// What a training does to its crops and losses whatever adapts it, by name: the same names everywhere, in code, on command lines and in
/// experiments. A recipe and a variant (<see cref="AdaptationVariants"/>) go together in any order.
/// </summary>
public static class TrainingRecipe
{
    /// <summary>The recipe that is in force where none is asked for.</summary>
    public const string Default = "paper";

    private static readonly OrderedDictionary<string, Action<TrainingOptions>> Recipes = new()
    {
        [Default] = static _ => { },
        ["strong"] = static options =>
        {
            options.Crops.Scale = new ScaleRange(0.7, 2) { IsLogUniform = true };
            options.Crops.TargetScale = new ScaleRange(1, 1.5) { IsLogUniform = true };
            options.Crops.BrightnessJitter = options.Crops.ContrastJitter = options.Crops.SaturationJitter = 0.5;
            options.Crops.BlurSigma = 1.5;
            options.Losses.ClassWeights = new FrequencyWeights { Power = 0.5 };
        },
    };

    /// <summary>The names: <c>paper</c> and <c>strong</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Recipes.Keys];

    /// <summary>Sets what a recipe sets, over what was set before; what is set afterwards wins.</summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term>paper</term><description>Changes nothing: new options have the paper's values.</description></item>
    /// <item><term>strong</term><description>What lets a network see more cameras than the simulator's: source images scaled by 0.7 to 2
    /// and target images by 1 to 1.5, both log-uniform; brightness, contrast and saturation varied by up to 0.5; half of the crops blurred
    /// by a sigma of up to 1.5 pixels; pixels of rare classes weighed by their class's frequency to the power of -0.5.</description></item>
    /// </list>
    /// The scales are those of two street cameras. Where the simulator's is another, such as a drone's, whose cars are small, set
    /// <see cref="CropOptions.Scale"/> afterwards, to 1 to 3 for instance.
    /// </remarks>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">The options to change.</param>
    /// <exception cref="ArgumentException">There is no recipe of that name.</exception>
    public static void Apply(string name, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(options);
        if (!Recipes.TryGetValue(name, out Action<TrainingOptions>? apply))
        {
            throw new ArgumentException($"There is no recipe '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
        }

        apply(options);
    }
}
