using System.Text.Json.Serialization;

namespace Road.Torch.Adaptation;

/// <summary>
/// Describes a method that adapts a network to the target domain: its name and its settings, and nothing that runs. A class of one's
/// own, added to <see cref="Training.TrainingOptions.Adaptations"/>, is all that a new method needs; methods compose, since every one adds
/// its loss terms to those of the others.
/// </summary>
/// <remarks>
/// Public properties that can be set are the method's settings. They are written as JSON into checkpoints, by which a training that goes
/// on with others is refused, so a property that has no part in the result carries <see cref="JsonIgnoreAttribute"/>.
/// </remarks>
public abstract class AdaptationMethod
{
    /// <summary>The method's name in logs and checkpoints, such as <c>spatial-alignment</c>; a list has it once.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the method has a part in the training; false, for instance, where its weight is 0.</summary>
    public virtual bool IsOn => true;

    /// <summary>Whether steps need target crops: true unless overridden.</summary>
    public virtual bool NeedsTarget => true;

    /// <summary>
    /// Whether the method uses what the trained network makes of the target crops as they are
    /// (<see cref="AdaptationStep.TargetFeatures"/>, <see cref="AdaptationStep.TargetLogits"/>, <see cref="AdaptationStep.Features"/>): as
    /// <see cref="NeedsTarget"/> unless overridden. Where no method does, they do not go through the network, which saves their two passes.
    /// </summary>
    public virtual bool NeedsTargetFeatures => NeedsTarget;

    /// <summary>Whether the method uses the frozen twin of the backbone with its pretrained weights: false unless overridden.</summary>
    public virtual bool NeedsPretrainedBackbone => false;

    /// <summary>Whether <see cref="Adapter.Prepare"/> is to see source crops before the first step: false unless overridden.</summary>
    public virtual bool NeedsPreparation => false;

    /// <summary>
    /// How much faster what the method trains learns than the backbone: more than 0, at most 1000; null, the default, for
    /// <see cref="Training.TrainingOptions.ClassifierLearningRateMultiplier"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LearningRateMultiplier
    {
        get;
        set => field = value is { } multiplier ? OptionGuard.PositiveUpTo(multiplier, 1000) : null;
    }

    /// <summary>
    /// Settings that a checkpoint keeps one by one, beside those that it keeps by the shortcuts of the options; none where they are at
    /// their defaults, so that files of before fit.
    /// </summary>
    internal virtual IEnumerable<KeyValuePair<string, object>> FurtherFacts =>
        LearningRateMultiplier is { } multiplier ? [new(nameof(LearningRateMultiplier), multiplier)] : [];

    /// <summary>Makes what runs in a training.</summary>
    /// <param name="context">The network and what surrounds it.</param>
    /// <returns>The adapter; the training disposes it.</returns>
    public abstract Adapter Create(AdaptationContext context);

    /// <summary>The name, and where a class adds them the settings that a log should show.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Name;

    /// <summary>
    /// Name and settings as text that tells them from every other: what a checkpoint keeps, and what belongs beside a result.
    /// </summary>
    /// <returns>The name, and the settings as JSON.</returns>
    public string Describe() => SettingsText.Describe(Name, this);
}
