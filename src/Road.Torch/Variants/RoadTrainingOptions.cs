using Road.Torch.Adaptation;

namespace Road.Torch.Training;

/// <summary>
/// The options of a training with ROAD: <see cref="Distillation"/> and <see cref="SpatialAlignment"/> adapt the network unless
/// <see cref="TrainingOptions.Adaptations"/> is told otherwise. The settings of the published methods are shortcuts to those objects.
/// </summary>
public class RoadTrainingOptions : TrainingOptions
{
    // What a shortcut sets while its method is not among the adaptations, until it is.
    private readonly Distillation _distillation;
    private readonly SpatialAlignment _spatial;
    private readonly FcnsInTheWild _fcns = new();
    private readonly Curriculum _curriculum = new();

    /// <summary>Creates options with the paper's values.</summary>
    public RoadTrainingOptions()
        : base(new Distillation(), new SpatialAlignment())
    {
        _distillation = (Distillation)Adaptations[0];
        _spatial = (SpatialAlignment)Adaptations[1];
    }

    /// <summary>lambda1 of Eq. 5, the weight of target guided distillation: 0 (off) to 1000, 0.1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double DistillationWeight
    {
        get => Find(_distillation)?.Weight ?? 0;
        set
        {
            Distillation method = Known(_distillation);
            method.Weight = OptionGuard.Between(value, 0, 1000);
            if (value > 0 && Find(_distillation) is null)
            {
                Adaptations.Insert(0, method);
            }
        }
    }

    /// <summary>The domain that is distilled on: target by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public DistillationDomain DistillationDomain
    {
        get => Known(_distillation).Domain;
        set => Known(_distillation).Domain = OptionGuard.Defined(value);
    }

    /// <summary>lambda2 of Eq. 5, the weight of spatial-aware adaptation: 0 (off) to 1000, 0.01 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double SpatialWeight
    {
        get => Find(_spatial)?.Weight ?? 0;
        set
        {
            SpatialAlignment method = Known(_spatial);
            method.Weight = OptionGuard.Between(value, 0, 1000);
            if (value > 0 && Find(_spatial) is null)
            {
                Adaptations.Insert(Find(_distillation) is { } distillation ? Adaptations.IndexOf(distillation) + 1 : 0, method);
            }
        }
    }

    /// <summary>What lambda2 scales; the features' gradient is the same in both readings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public SpatialWeightReading SpatialWeightReading
    {
        get => Known(_spatial).WeightReading;
        set => Known(_spatial).WeightReading = OptionGuard.Defined(value);
    }

    /// <summary>Rows of the partition of the image: 1 to 16, 3 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int RegionRows
    {
        get => Known(_spatial).Rows;
        set => Known(_spatial).Rows = OptionGuard.Between(value, 1, 16);
    }

    /// <summary>Columns of the partition of the image: 1 to 16, 3 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int RegionColumns
    {
        get => Known(_spatial).Columns;
        set => Known(_spatial).Columns = OptionGuard.Between(value, 1, 16);
    }

    /// <summary>
    /// How the features are trained against the domain classifiers of spatial-aware adaptation: gradient reversal by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public DomainAdversary DomainAdversary
    {
        get => Known(_spatial).Adversary;
        set => Known(_spatial).Adversary = OptionGuard.Defined(value);
    }

    /// <summary>
    /// Which of the methods that the paper compares ROAD with is among the adaptations: none by default. To run it alone, set both lambdas
    /// to 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public RivalMethod Rival
    {
        get => Find(_fcns) is not null ? RivalMethod.FcnsInTheWild : Find(_curriculum) is not null
            ? RivalMethod.Curriculum
            : RivalMethod.None;
        set
        {
            AdaptationMethod? chosen = OptionGuard.Defined(value) switch
            {
                RivalMethod.FcnsInTheWild => Known(_fcns),
                RivalMethod.Curriculum => Known(_curriculum),
                _ => null,
            };
            foreach (AdaptationMethod method in Adaptations.Where(
                method => method is FcnsInTheWild or Curriculum && method != chosen).ToArray())
            {
                Adaptations.Remove(method);
            }

            if (chosen is not null && !Adaptations.Contains(chosen))
            {
                Adaptations.Add(chosen);
            }
        }
    }

    /// <summary>
    /// The weight of what the features minimise in the global alignment of <see cref="FcnsInTheWild"/>: 0 (no alignment) to 1000, the
    /// paper's 1 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double GlobalAlignmentWeight
    {
        get => Known(_fcns).AlignmentWeight;
        set => Known(_fcns).AlignmentWeight = OptionGuard.Between(value, 0, 1000);
    }

    /// <summary>
    /// The weight of the class size constraints of <see cref="FcnsInTheWild"/>: 0 (off) to 1000, the paper's 1 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double SizeConstraintWeight
    {
        get => Known(_fcns).ConstraintWeight;
        set => Known(_fcns).ConstraintWeight = OptionGuard.Between(value, 0, 1000);
    }

    /// <summary>
    /// The weight of the label distributions of whole images in <see cref="Curriculum"/>: 0 (off) to 1000, 0.1 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ImageDistributionWeight
    {
        get => Known(_curriculum).ImageWeight;
        set => Known(_curriculum).ImageWeight = OptionGuard.Between(value, 0, 1000);
    }

    /// <summary>
    /// The weight of the label distributions of landmark superpixels in <see cref="Curriculum"/>: 0 (off) to 1000, 1 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double LandmarkWeight
    {
        get => Known(_curriculum).LandmarkWeight;
        set => Known(_curriculum).LandmarkWeight = OptionGuard.Between(value, 0, 1000);
    }

    /// <inheritdoc/>
    internal override IEnumerable<AdaptationMethod> UnlistedAdaptations =>
        Adaptations.Where(static method => method is not (Distillation or SpatialAlignment or FcnsInTheWild or Curriculum));

    /// <inheritdoc/>
    internal override TrainingOptions CreateDefaults() => new RoadTrainingOptions();

    /// <summary>The method of a shortcut's kind among the adaptations, which may be another object than the shortcut's own.</summary>
    private T? Find<T>(T own)
        where T : AdaptationMethod => Adaptations.Contains(own) ? own : Adaptations.OfType<T>().FirstOrDefault();

    private T Known<T>(T own)
        where T : AdaptationMethod => Find(own) ?? own;
}
