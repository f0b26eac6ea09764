using Road.Torch.Networks;
using Road.Torch.Weights;
using SkiaSharp;
using TorchSharp;

namespace Road.MLNet.Tests.Extension;

/// <summary>Small drawn scenes on disk: sky, a road below the horizon, a box on it; the target's light is another.</summary>
internal sealed class StreetFolder : IDisposable
{
    public const int Width = 64;
    public const int Height = 48;

    private const int Count = 12;

    private readonly string _root = Directory.CreateTempSubdirectory("road-extension-").FullName;

    public StreetFolder()
    {
        var random = new Random(5);
        foreach (string domain in (string[])["source", "target"])
        {
            Directory.CreateDirectory(Combine(domain));
            Directory.CreateDirectory(Combine(domain + "-labels"));
            for (int index = 0; index < Count; index++)
            {
                Draw(domain, $"{index:00}.png", random);
            }
        }
    }

    public static LabelEncoding Encoding { get; } = LabelEncoding.FromIds(["sky", "road", "box"]);

    public string Combine(string name) => Path.Combine(_root, name);

    /// <summary>Weights that stand in for pretrained ones: distillation asks for a file of them.</summary>
    public string Pretrain()
    {
        using SegmentationNetwork network = new MixerFactory { Channels = 12 }.Create(2);
        using var generator = new torch.Generator(11);
        network.InitializeWeights(generator);
        string path = Combine("patchmixer.safetensors");
        SafetensorsWriter.Write(path, network.Backbone.state_dict());
        return path;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Draw(string domain, string name, Random random)
    {
        int horizon = random.Next(Height / 3, 2 * Height / 3);
        SKRectI box = SKRectI.Create(random.Next(Width - 20), horizon - 4, random.Next(10, 20), random.Next(8, 14));
        using var image = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var label = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque));
        SKColor[] colors = domain == "source"
            ? [new(90, 150, 220), new(100, 100, 100), new(200, 60, 40)]
            : [new(130, 140, 160), new(70, 72, 80), new(150, 70, 60)];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int id = box.Contains(x, y) ? 2 : y < horizon ? 0 : 1;
                int noise = random.Next(-8, 9);
                SKColor color = colors[id];
                image.SetPixel(x, y, new SKColor((byte)(color.Red + noise), (byte)(color.Green + noise), (byte)(color.Blue + noise)));
                label.SetPixel(x, y, new SKColor((byte)id, (byte)id, (byte)id));
            }
        }

        Write(image, Path.Combine(_root, domain, name));
        Write(label, Path.Combine(_root, domain + "-labels", name));
    }

    private static void Write(SKBitmap bitmap, string path)
    {
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, png.ToArray());
    }
}
