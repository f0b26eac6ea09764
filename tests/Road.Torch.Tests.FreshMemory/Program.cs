using System.Globalization;
using Road.Torch;
using Road.Torch.Tests.FreshMemory;
using TorchSharp;

// Trains one step and scores one image with each network, number of classes, precision and variant that the arguments name, and writes
// a digest of all weights and one of the mask: with an allocator that fills fresh memory they tell whether anything of it was used.
//     <threads> <network,...> <classes,...> <precision,...> <variant,...>
// With "layers" for the networks it runs single convolutions in their place.
//     <threads> layers
TorchRuntime.EnsureAvailable();
torch.set_num_threads(int.Parse(args[0], CultureInfo.InvariantCulture));
Console.WriteLine($"# {TorchRuntime.Remark ?? "Nothing was done for this processor."}");
if (args[1] == "layers")
{
    Console.WriteLine(Layers.Run());
    return;
}

foreach (string network in args[1].Split(','))
{
    foreach (string classes in args[2].Split(','))
    {
        foreach (string precision in args[3].Split(','))
        {
            foreach (string variant in args[4].Split(','))
            {
                string result = Sample.Run(
                    network, int.Parse(classes, CultureInfo.InvariantCulture), Enum.Parse<Precision>(precision), variant);
                Console.WriteLine($"{network} {classes} {precision} {variant} {result}");
            }
        }
    }
}
