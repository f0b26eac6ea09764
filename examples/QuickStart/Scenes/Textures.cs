using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>Grey tiles that repeat without a seam; 128 is neutral.</summary>
internal static class Textures
{
    private const int Size = 128;

    public static SKBitmap Asphalt { get; } = Make(1, (noise, x, y) =>
        (0.35f * noise(4, x, y)) + (0.2f * noise(16, x, y)) + (0.5f * noise(64, x, y)) - Crack(noise, x, y));

    public static SKBitmap Paving { get; } = Make(2, (noise, x, y) =>
    {
        int row = y / 16;
        int column = (x + (row % 2 * 16)) % Size / 32;
        bool joint = y % 16 < 2 || (x + (row % 2 * 16)) % 32 < 2;
        return joint ? -0.75f : (0.5f * noise(64, column * 9, row * 11)) + (0.4f * noise(64, x, y)) + (0.3f * noise(4, x, y));
    });

    public static SKBitmap Brick { get; } = Make(3, (noise, x, y) =>
    {
        int row = y / 8;
        int shifted = (x + (row % 2 * 8)) % Size;
        bool joint = y % 8 < 2 || shifted % 16 < 2;
        return joint ? 0.55f : (0.7f * noise(64, shifted / 16 * 7, row * 5)) + (0.3f * noise(64, x, y)) - 0.15f;
    });

    public static SKBitmap Plaster { get; } = Make(4, (noise, x, y) =>
        (0.7f * noise(4, x, y)) + (0.35f * noise(64, x, 7)) + (0.3f * noise(32, x, y)));

    public static SKBitmap Leaves { get; } = Make(5, (noise, x, y) =>
        (0.6f * noise(8, x, y)) + (0.9f * noise(16, x, y)) + (0.8f * noise(32, x, y)) + (0.4f * noise(64, x, y)));

    public static SKBitmap Grass { get; } = Make(6, (noise, x, y) =>
        (0.5f * noise(4, x, y)) + (0.6f * noise(32, x, y)) + (0.8f * noise(64, x, y)));

    public static SKBitmap Clouds { get; } = Make(7, (noise, x, y) =>
        (0.9f * noise(2, x, y)) + (0.6f * noise(4, x, y)) + (0.4f * noise(8, x, y)) + (0.25f * noise(16, x, y)));

    public static SKBitmap Metal { get; } = Make(8, (noise, x, y) => (0.6f * noise(2, x, y)) + (0.3f * noise(8, x, y)));

    private delegate float Noise(int frequency, int x, int y);

    private static float Crack(Noise noise, int x, int y) => MathF.Abs(noise(4, y, x)) < 0.015f ? 0.5f : 0;

    private static SKBitmap Make(int seed, Func<Noise, int, int, float> value)
    {
        var lattices = new Dictionary<int, float[]>();
        var bitmap = new SKBitmap(new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                byte grey = (byte)Math.Clamp(128 + (100 * value(At, x, y)), 0, 255);
                bitmap.SetPixel(x, y, new SKColor(grey, grey, grey));
            }
        }

        bitmap.SetImmutable();
        return bitmap;

        // Value noise on a lattice that wraps, smoothed between its points: -1 to 1.
        float At(int frequency, int x, int y)
        {
            if (!lattices.TryGetValue(frequency, out float[]? lattice))
            {
                var random = new Random((seed * 1009) + frequency);
                lattice = new float[frequency * frequency];
                for (int i = 0; i < lattice.Length; i++)
                {
                    lattice[i] = random.Between(-1, 1);
                }

                lattices.Add(frequency, lattice);
            }

            float u = (float)x * frequency / Size;
            float v = (float)y * frequency / Size;
            int column = (int)u;
            int row = (int)v;
            float s = Smooth(u - column);
            float t = Smooth(v - row);
            float Node(int r, int c) => lattice[(r % frequency * frequency) + (c % frequency)];
            float top = Node(row, column) + (s * (Node(row, column + 1) - Node(row, column)));
            float bottom = Node(row + 1, column) + (s * (Node(row + 1, column + 1) - Node(row + 1, column)));
            return top + (t * (bottom - top));
        }

        static float Smooth(float t) => t * t * (3 - (2 * t));
    }
}
