using System.Runtime.InteropServices;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>A small sensor behind a cheap lens: blur, veil, colour cast, vignette and noise.</summary>
internal sealed class CameraSensor
{
    private readonly float _blur;
    private readonly float _contrast;
    private readonly float _exposure;
    private readonly float _noise;
    private readonly float _saturation;
    private readonly float _vignette;
    private readonly float[] _gains;

    private CameraSensor(Weather weather, Random random)
    {
        _blur = random.Between(0.35f, 0.75f);
        _contrast = weather == Weather.Hazy ? random.Between(0.72f, 0.85f) : random.Between(0.88f, 1.12f);
        _exposure = random.Between(0.98f, 1.2f);
        _noise = random.Between(2, 4.5f);
        _saturation = random.Between(0.75f, 1.05f);
        _vignette = random.Between(0.05f, 0.3f);
        float warmth = weather == Weather.Evening ? random.Between(0.02f, 0.1f) : random.Between(-0.06f, 0.05f);
        _gains = [1 + warmth, 1 + random.Between(-0.02f, 0.03f), 1 - warmth];
    }

    public static CameraSensor Create(Weather weather, Random random) => new(weather, random);

    /// <summary>Takes the picture of a drawing of twice its size.</summary>
    public SKBitmap Expose(SKBitmap drawing, Random random)
    {
        int width = drawing.Width / 2;
        int height = drawing.Height / 2;
        float[] light = Average(drawing, width, height);
        Blur(light, width, height);

        var picture = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        byte[] pixels = new byte[4 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                float u = (2f * x / width) - 1;
                float v = (2f * y / height) - 1;
                float fallOff = _exposure * (1 - (_vignette * 0.5f * ((u * u) + (v * v))));
                float grey = (0.299f * light[3 * i]) + (0.587f * light[(3 * i) + 1]) + (0.114f * light[(3 * i) + 2]);

                // Luminance noise hits the three channels alike, chroma noise each on its own.
                float common = Gaussian(random);
                for (int c = 0; c < 3; c++)
                {
                    float value = grey + (_saturation * (light[(3 * i) + c] - grey));
                    value = (128 + (_contrast * (value - 128))) * fallOff * _gains[c];
                    float shot = 0.6f + (0.4f * MathF.Sqrt(Math.Clamp(value, 0, 255) / 255));
                    value += _noise * shot * ((0.8f * common) + (0.35f * Gaussian(random)));
                    pixels[(4 * i) + c] = (byte)Math.Clamp(MathF.Round(value), 0, 255);
                }

                pixels[(4 * i) + 3] = 255;
            }
        }

        Marshal.Copy(pixels, 0, picture.GetPixels(), pixels.Length);
        return picture;
    }

    private static float[] Average(SKBitmap drawing, int width, int height)
    {
        ReadOnlySpan<byte> bytes = drawing.GetPixelSpan();
        int stride = drawing.RowBytes;
        float[] light = new float[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int corner = (2 * y * stride) + (8 * x);
                for (int c = 0; c < 3; c++)
                {
                    int sum = bytes[corner + c] + bytes[corner + 4 + c] + bytes[corner + stride + c] + bytes[corner + stride + 4 + c];
                    light[(3 * ((y * width) + x)) + c] = sum / 4f;
                }
            }
        }

        return light;
    }

    private static float Gaussian(Random random)
    {
        // The sum of four uniform draws is close enough to a normal one and needs no logarithm.
        float sum = random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle();
        return (sum - 2) * 1.732f;
    }

    private void Blur(float[] light, int width, int height)
    {
        float side = MathF.Exp(-1 / (2 * _blur * _blur));
        float centre = 1 / (1 + (2 * side));
        side *= centre;
        float[] row = new float[light.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    float Left(int column) => light[(3 * ((y * width) + Math.Clamp(column, 0, width - 1))) + c];
                    row[(3 * ((y * width) + x)) + c] = (centre * Left(x)) + (side * (Left(x - 1) + Left(x + 1)));
                }
            }
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    float Above(int line) => row[(3 * ((Math.Clamp(line, 0, height - 1) * width) + x)) + c];
                    light[(3 * ((y * width) + x)) + c] = (centre * Above(y)) + (side * (Above(y - 1) + Above(y + 1)));
                }
            }
        }
    }
}
