using System.Reflection;
using Road.Torch.Adaptation;

namespace Road.Torch.Training;

/// <summary>
/// The variants that the paper compares (Tables 1 and 2, Figures 4 to 6), and self-training after them, by name: the same names everywhere,
/// in code, on command lines and in experiments.
/// </summary>
public static class AdaptationVariants
{
    private const int DefaultFrozenStages = 3;

    private static readonly OrderedDictionary<string, Action<RoadTrainingOptions>> Variants = new()
    {
        ["none"] = static _ => { },
        ["distillation"] = static options => options.DistillationWeight = Defaults.DistillationWeight,
        ["spatial"] = static options => Spatial(options, Defaults.RegionRows, Defaults.RegionColumns),
        ["road"] = static options =>
        {
            options.DistillationWeight = Defaults.DistillationWeight;
            Spatial(options, Defaults.RegionRows, Defaults.RegionColumns);
        },
        ["frozen"] = static options => options.FrozenStages = DefaultFrozenStages,
        ["source-distillation"] = static options =>
        {
            options.DistillationWeight = Defaults.DistillationWeight;
            options.DistillationDomain = DistillationDomain.Source;
        },
        ["spatial-1x1"] = static options => Spatial(options, 1, 1),
        ["spatial-2x1"] = static options => Spatial(options, 2, 1),
        ["spatial-2x2"] = static options => Spatial(options, 2, 2),
        ["spatial-3x3"] = static options => Spatial(options, 3, 3),
        ["label-inversion"] = static options =>
        {
            Spatial(options, Defaults.RegionRows, Defaults.RegionColumns);
            options.DomainAdversary = DomainAdversary.InvertedLabels;
        },
        ["fcns-in-the-wild"] = static options => options.Rival = RivalMethod.FcnsInTheWild,
        ["curriculum"] = static options => options.Rival = RivalMethod.Curriculum,
        ["self-training"] = static options => options.Adaptations.Add(new SelfTraining()),
        ["self-training-class-balanced"] = static options => options.Adaptations.Add(
            new SelfTraining { Selection = PseudoLabelSelection.ClassBalanced }),
        ["masked"] = static options => options.Adaptations.Reset(new SelfTraining(), new MaskedConsistency()),
        ["road-self-training"] = static options =>
        {
            Apply("road", options);
            options.Adaptations.Add(new SelfTraining());
        },
    };

    private static readonly Dictionary<Assembly, string[]> Known = [];

    private static readonly Lock Guard = new();

    /// <summary>The names: <c>none</c>, <c>distillation</c>, <c>spatial</c>, <c>road</c> and so on, those that were added last.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            lock (Guard)
            {
                return [.. Variants.Keys];
            }
        }
    }

    private static RoadTrainingOptions Defaults => new();

    /// <summary>
    /// Sets which parts adapt, with the paper's weights; weights, partition and frozen stages may be changed afterwards.
    /// </summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term>none</term><description>The supervised loss alone.</description></item>
    /// <item><term>distillation</term><description>Target guided distillation, lambda1 0.1.</description></item>
    /// <item><term>spatial</term><description>Spatial-aware adaptation, lambda2 0.01, 3 x 3 regions.</description></item>
    /// <item><term>road</term><description>Both.</description></item>
    /// <item><term>frozen</term><description>The supervised loss alone, the backbone's first 3 stages frozen (the paper does not say how
    /// many).</description></item> <item><term>source-distillation</term><description>Distillation on source images, lambda1
    /// 0.1.</description></item> <item><term>spatial-1x1, -2x1, -2x2, -3x3</term><description>Spatial-aware adaptation with that partition,
    /// rows x columns.</description></item> <item><term>label-inversion</term><description>As spatial, by inverted labels in the place of
    /// gradient reversal.</description></item> <item><term>fcns-in-the-wild, curriculum</term><description>That rival alone,
    /// <see cref="RoadTrainingOptions.Rival"/>.</description></item>
    /// <item><term>self-training, self-training-class-balanced</term><description><see cref="SelfTraining"/> with pseudo labels weighted
    /// by the confident share, or selected class by class.</description></item>
    /// <item><term>masked</term><description>Self-training with <see cref="MaskedConsistency"/>, as MIC has it.</description></item>
    /// <item><term>road-self-training</term><description>Both parts of ROAD, and self-training.</description></item>
    /// </list>
    /// What has nothing to do with the choice of losses stays as it is: the rivals' own weights, the reading of lambda2, the schedule.
    /// </remarks>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">The options to change.</param>
    /// <exception cref="ArgumentException">There is no variant of that name.</exception>
    public static void Apply(string name, RoadTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(options);
        Action<RoadTrainingOptions>? apply;
        lock (Guard)
        {
            if (!Variants.TryGetValue(name, out apply))
            {
                throw new ArgumentException($"There is no variant '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
            }
        }

        RoadTrainingOptions defaults = Defaults;
        options.DistillationWeight = 0;
        options.DistillationDomain = defaults.DistillationDomain;
        options.SpatialWeight = 0;
        options.RegionRows = defaults.RegionRows;
        options.RegionColumns = defaults.RegionColumns;
        options.DomainAdversary = defaults.DomainAdversary;
        options.FrozenStages = 0;
        options.Adaptations.Reset();
        apply(options);
    }

    /// <summary>
    /// Gives a name to a variant of one's own, for the whole process; to <c>--variant</c> and experiment files it is one like any other.
    /// </summary>
    /// <param name="name">The name, in lower case and with hyphens, as the others have them.</param>
    /// <param name="apply">Adds the methods to options whose <see cref="TrainingOptions.Adaptations"/> are empty.</param>
    /// <exception cref="ArgumentException">The name is empty, or there is such a variant.</exception>
    public static void Add(string name, Action<RoadTrainingOptions> apply)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(apply);
        lock (Guard)
        {
            if (!Variants.TryAdd(name, apply))
            {
                throw new ArgumentException($"There is a variant '{name}' already.", nameof(name));
            }
        }
    }

    /// <summary>
    /// Gives every adaptation method of an assembly a variant of its own name, in which it adapts alone: each public class derived from
    /// <see cref="AdaptationMethod"/> that has a constructor without parameters. An assembly that was added before stays as it is.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>The names.</returns>
    /// <exception cref="ArgumentException">It has no such class, or there is a variant of that name.</exception>
    public static IReadOnlyList<string> AddFrom(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        lock (Guard)
        {
            if (Known.TryGetValue(assembly, out string[]? known))
            {
                return known;
            }

            ConstructorInfo[] methods =
            [
                .. assembly.GetExportedTypes()
                    .Where(static type => type.IsSubclassOf(typeof(AdaptationMethod)) && !type.IsAbstract)
                    .Select(static type => type.GetConstructor(Type.EmptyTypes))
                    .OfType<ConstructorInfo>(),
            ];
            if (methods.Length == 0)
            {
                throw new ArgumentException(
                    $"'{assembly.Location}' has no public class derived from {nameof(AdaptationMethod)} with a constructor without "
                    + "parameters.",
                    nameof(assembly));
            }

            foreach (ConstructorInfo method in methods)
            {
                Add(Create(method).Name, options => options.Adaptations.Add(Create(method)));
            }

            return Known[assembly] = [.. methods.Select(static method => Create(method).Name)];
        }

        static AdaptationMethod Create(ConstructorInfo method) => (AdaptationMethod)method.Invoke(null);
    }

    private static void Spatial(RoadTrainingOptions options, int rows, int columns)
    {
        options.SpatialWeight = Defaults.SpatialWeight;
        options.RegionRows = rows;
        options.RegionColumns = columns;
    }
}
