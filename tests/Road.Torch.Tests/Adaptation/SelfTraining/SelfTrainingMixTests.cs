using Road.Torch.Adaptation;

namespace Road.Torch.Tests.Adaptation.SelfTraining;

/// <summary>What is pasted onto target crops, and what is hidden of them.</summary>
[TestClass]
public sealed class SelfTrainingMixTests
{
    [TestMethod]
    public void HalfOfTheBatchsClassesArePastedOntoEachCrop()
    {
        // The values are 0, 1, 2 and 255, so two are drawn. First crop: 1, whose place 0 takes, then 255. Second: 2, then 0 of 1, 0, 255.
        // Third, on the first source crop again: 0, then 1.
        ScriptedRandom random = new(1, 3, 2, 2, 0, 1);

        (byte[] pasted, int[] sources) = ClassMix.Draw([0, 0, 1, 255, 2, 2, 1, 0], 2, 3, random);

        Sequence.AreEqual(sources, 0, 1, 0);
        Sequence.AreEqual<byte>(pasted, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0);
        Assert.IsTrue(random.IsUsedUp);
    }

    [TestMethod]
    public void OfAnOddNumberOfClassesTheLargerHalfIsPasted()
    {
        Sequence.AreEqual<byte>(ClassMix.Draw([0, 7, 9, 7], 2, 1, new ScriptedRandom(1, 2)).Pasted, 0, 1, 1, 1);
        Sequence.AreEqual<byte>(ClassMix.Draw([5, 5, 5, 5], 2, 1, new ScriptedRandom(0)).Pasted, 1, 1, 1, 1);
    }

    [TestMethod]
    public void BlocksAreHiddenAsDrawn()
    {
        // 0.7 is not below the share of 0.7.
        byte[] mask = BlockMask.Draw(1, 4, 2, 0.7, new ScriptedRandom(0.7, 0.69, 0.1, 0.99));
        Sequence.AreEqual<byte>(
            mask,
            1, 1, 0, 0,
            1, 1, 0, 0,
            0, 0, 1, 1,
            0, 0, 1, 1);
    }

    [TestMethod]
    public void BlocksThatDoNotFitAreOfUnevenSize()
    {
        // 5 / 3 is nearest to two blocks a side; pixel x lies in block floor(2 x / 5).
        byte[] mask = BlockMask.Draw(1, 5, 3, 0.5, new ScriptedRandom(0.9, 0.1, 0.1, 0.9));
        Sequence.AreEqual<byte>(mask[..5], 1, 1, 1, 0, 0);
        Sequence.AreEqual<byte>(mask[20..], 0, 0, 0, 1, 1);
    }

    [TestMethod]
    public void ABlockMayBeLargerThanTheCrop()
    {
        byte[] mask = BlockMask.Draw(2, 2, 64, 0.5, new ScriptedRandom(0.1, 0.9));
        Sequence.AreEqual<byte>(mask, 0, 0, 0, 0, 1, 1, 1, 1);
    }
}
