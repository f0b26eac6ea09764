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

    /// <inheritdoc cref="Distillation.Weight"/>
    public double DistillationWeight
    {
        get => Find(_distillation)?.Weight ?? 0;
        set
        {
            Distillation method = Known(_distillation);
            OptionGuard.Through(value, weight => method.Weight = weight);
            if (value > 0 && Find(_distillation) is null)
            {
                Adaptations.Insert(0, method);
            }
        }
    }

    /// <inheritdoc cref="Distillation.Domain"/>
    public DistillationDomain DistillationDomain
    {
        get => Known(_distillation).Domain;
        set => OptionGuard.Through(value, domain => Known(_distillation).Domain = domain);
    }

    /// <inheritdoc cref="SpatialAlignment.Weight"/>
    public double SpatialWeight
    {
        get => Find(_spatial)?.Weight ?? 0;
        set
        {
            SpatialAlignment method = Known(_spatial);
            OptionGuard.Through(value, weight => method.Weight = weight);
            if (value > 0 && Find(_spatial) is null)
            {
                Adaptations.Insert(Find(_distillation) is { } distillation ? Adaptations.IndexOf(distillation) + 1 : 0, method);
            }
        }
    }

    /// <inheritdoc cref="SpatialAlignment.WeightReading"/>
    public SpatialWeightReading SpatialWeightReading
    {
        get => Known(_spatial).WeightReading;
        set => OptionGuard.Through(value, weightReading => Known(_spatial).WeightReading = weightReading);
    }

    /// <inheritdoc cref="SpatialAlignment.Rows"/>
    public int RegionRows
    {
        get => Known(_spatial).Rows;
        set => OptionGuard.Through(value, rows => Known(_spatial).Rows = rows);
    }

    /// <inheritdoc cref="SpatialAlignment.Columns"/>
    public int RegionColumns
    {
        get => Known(_spatial).Columns;
        set => OptionGuard.Through(value, columns => Known(_spatial).Columns = columns);
    }

    /// <inheritdoc cref="SpatialAlignment.Adversary"/>
    public DomainAdversary DomainAdversary
    {
        get => Known(_spatial).Adversary;
        set => OptionGuard.Through(value, adversary => Known(_spatial).Adversary = adversary);
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

    /// <inheritdoc cref="FcnsInTheWild.AlignmentWeight"/>
    public double GlobalAlignmentWeight
    {
        get => Known(_fcns).AlignmentWeight;
        set => OptionGuard.Through(value, alignmentWeight => Known(_fcns).AlignmentWeight = alignmentWeight);
    }

    /// <inheritdoc cref="FcnsInTheWild.ConstraintWeight"/>
    public double SizeConstraintWeight
    {
        get => Known(_fcns).ConstraintWeight;
        set => OptionGuard.Through(value, constraintWeight => Known(_fcns).ConstraintWeight = constraintWeight);
    }

    /// <inheritdoc cref="Curriculum.ImageWeight"/>
    public double ImageDistributionWeight
    {
        get => Known(_curriculum).ImageWeight;
        set => OptionGuard.Through(value, imageWeight => Known(_curriculum).ImageWeight = imageWeight);
    }

    /// <inheritdoc cref="Curriculum.LandmarkWeight"/>
    public double LandmarkWeight
    {
        get => Known(_curriculum).LandmarkWeight;
        set => Known(_curriculum).LandmarkWeight = value;
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
