using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

[TestClass]
public sealed class TrainingRecipeTests
{
    [TestMethod]
    public void ThePapersRecipeChangesNothing()
    {
        RoadTrainingOptions options = new() { BlurSigma = 3, Iterations = 7 };
        IReadOnlyDictionary<string, string> before = CheckpointFacts.Of(options);
        TrainingRecipe.Apply("paper", options);
        CollectionAssert.AreEquivalent(before.ToArray(), CheckpointFacts.Of(options).ToArray());
    }

    [TestMethod]
    public void TheStrongRecipeSetsTheseAndNothingElse()
    {
        RoadTrainingOptions options = new();
        IReadOnlyDictionary<string, string> before = CheckpointFacts.Of(options);
        TrainingRecipe.Apply("strong", options);

        string[] changed =
        [
            .. CheckpointFacts.Of(options).Where(fact => before.GetValueOrDefault(fact.Key) != fact.Value)
                .Select(static fact => $"{fact.Key} {fact.Value}").Order(StringComparer.Ordinal),
        ];
        Sequence.AreEqual(
            changed,
            "BlurSigma 1.5",
            "BrightnessJitter 0.5",
            "ContrastJitter 0.5",
            "CropScale 0.7 to 2, log-uniform",
            "Crops.TargetScale 1 to 1.5, log-uniform",
            "Losses.ClassWeights Road.Torch.Training.FrequencyWeights {\"Power\":0.5,\"Largest\":20}",
            "SaturationJitter 0.5");
    }

    [TestMethod]
    public void ARecipeAndAVariantGoTogetherInAnyOrder()
    {
        RoadTrainingOptions first = new();
        TrainingRecipe.Apply("strong", first);
        AdaptationVariants.Apply("spatial-2x1", first);
        RoadTrainingOptions second = new();
        AdaptationVariants.Apply("spatial-2x1", second);
        TrainingRecipe.Apply("strong", second);
        CollectionAssert.AreEquivalent(CheckpointFacts.Of(first).ToArray(), CheckpointFacts.Of(second).ToArray());
        Assert.AreEqual((2, 1, 1.5), (first.RegionRows, first.RegionColumns, first.BlurSigma));
    }

    [TestMethod]
    public void AnUnknownRecipeIsRefusedWithTheKnownOnes() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(() => TrainingRecipe.Apply("weak", new())).Message,
        "There is no recipe 'weak'; there are paper, strong.");
}
