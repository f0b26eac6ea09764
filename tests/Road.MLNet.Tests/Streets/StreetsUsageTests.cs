using System.Text.RegularExpressions;

namespace Road.MLNet.Tests.Streets;

/// <summary>Options that do not go together, or are missing: exit code 2, and a message that names them.</summary>
[TestClass]
public sealed class StreetsUsageTests
{
    [TestMethod]
    [DataRow(
        "train --model m --target-images t",
        "'--source-images', '--source-labels' and '--source-classes' must be given, or '--source-preset' and '--source'")]
    [DataRow(
        "train --model m --source-preset gta5 --source s --source-labels l --target-images t",
        "Options '--source-labels' and '--source-preset' cannot be used together")]
    [DataRow(
        "train --model m --source-preset gta5 --target-preset cityscapes",
        "Option '--source' is required with '--source-preset'. Option '--target' is required with '--target-preset'.")]
    [DataRow("train --model m --source s --target-images t", "Option '--source-preset' is required with '--source'")]
    [DataRow(
        "train --model m --source-preset gta5 --source s", "Either '--target-images' must be given, or '--target-preset' and '--target'.")]
    [DataRow(
        "train --model m --source-preset gta5 --source s --target-images t --target u",
        "'--target-images' and '--target' cannot be used together")]
    [DataRow("train --model m --source-preset kitti --source s --target-images t", "'kitti' not recognized")]
    [DataRow("trian --model m", "There is no command 'trian'; did you mean 'train'?")]
    [DataRow("predict --modle m --images i --out o", "There is no option '--modle'; did you mean '--model'?")]
    [DataRow(
        "train --model m --source-preset gta5 --source s --target-images t --crop 999999 --regions 99x1 --source-size 1x99",
        "--source-size: width is 1; it must be 16 to 65535. --crop is 999999; it must be 16 to 4096. --regions: RegionRows is 99;")]
    [DataRow("export --model m --onnx o --device gpu", "--device: 'gpu' must be cpu, or cuda: and the number of a GPU, such as cuda:0.")]
    [DataRow("evaluate --model m --images i --labels l --classes c --scales 1,9", "--scales is 9; it must be 0.1 to 8.")]
    [DataRow("predict --model m --out o --images i --contact-sheet s.bmp", "must end with .png, .jpg or .jpeg")]
    [DataRow("predict --model m --out o --video v --ids labelId", "Option '--ids' is of images, and cannot be used with '--video'.")]
    [DataRow("predict --model m --out o --video v.mp4", "'--out' must be a video here")]
    [DataRow("predict --model m --out o --images i --preset camvid --data d", "'--images' and '--preset' cannot be used together")]
    [DataRow("train --source-preset gta5 --source s --target-preset camvid --target t", "Option '--model' is required")]
    [DataRow(
        "train --model m --source-preset gta5 --source a --source-preset synthia --target-images t",
        "'--source-preset' is given 2 times and '--source' 1 times: give as many of both.")]
    [DataRow(
        "train --model m --source-images a --source-images b --source-labels c --source-labels d --source-classes e --source-weight 1 "
        + "--target-images t",
        "'--source-images' is given 2 times and '--source-weight' 1 times: give as many of both, or none.")]
    [DataRow(
        "train --model m --source-preset gta5 --source a --source-weight 0 --target-images t",
        "--source-weight: 0 must be greater than 0 and at most 1000000.")]
    [DataRow(
        "train --model m --source-preset gta5 --source a --source-size 8x --target-images t",
        "'8x' must be two numbers with an x between them, such as 256x192.")]
    [DataRow(
        "train --model m --source-preset gta5 --source s --target-preset camvid --target t --checkpoint-interval 5",
        "--checkpoint-interval needs --checkpoint.")]
    [DataRow(
        "train --model m --source-preset gta5 --source s --target-preset camvid --target t --checkpoint c --checkpoint-interval 0",
        "--checkpoint-interval is 0; it must be 1 to 10000000.")]
    [DataRow("evaluate --model m --json j --images i --labels l", "Option '--classes' is required with '--images'")]
    [DataRow(
        "evaluate --model m --json j --images i --labels l --classes c --split val",
        "Options '--images' and '--split' cannot be used together")]
    [DataRow("evaluate --model m --json j --preset camvid", "Option '--data' is required with '--preset'")]
    [DataRow(
        "evaluate --model m --json j --preset gta5 --data d --split val",
        "Option '--split' cannot be used with '--preset gta5', which has no splits")]
    [DataRow("predict --model m --out o", "Either '--images' or '--list' must be given, or '--video', or '--preset' and '--data'.")]
    [DataRow("predict --model m --out o --preset kitti --data d", "'kitti' not recognized")]
    public void MixedOrMissingOptionsAreNamed(string arguments, string expected) =>
        StreetsProgram.Fail(2, arguments.Split(' '), expected);

    [TestMethod]
    public void WithoutAWordThereIsHelp()
    {
        (int exitCode, string output, _) = StreetsProgram.Run();
        Assert.AreEqual(2, exitCode);
        StringAssert.Contains(output, "convert   Makes label masks", StringComparison.Ordinal);
    }

    [TestMethod]
    public void HelpNamesThePresets()
    {
        string help = StreetsProgram.Succeed("train", "--help");
        StringAssert.Contains(help, "--source-preset <gta5|synthia|cityscapes|camvid>", StringComparison.Ordinal);
        StringAssert.Matches(help, new Regex(@"--regions <RxC>\s.*\[default: 3x3\]"));
        StringAssert.Matches(help, new Regex(@"--bad-images <stop\|skip>\s.*\[default: stop\]"));
        StringAssert.Contains(help, "--target-preset <cityscapes|camvid>", StringComparison.Ordinal);
    }
}
