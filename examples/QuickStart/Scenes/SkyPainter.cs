using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>The sky and its clouds.</summary>
internal static class SkyPainter
{
    public static void Paint(Stage stage)
    {
        SceneCanvas canvas = stage.Canvas;
        Look look = stage.Look;
        float horizon = canvas.Height * 0.6f;
        using var everything = new SKPath();
        everything.AddRect(SKRect.Create(-1, -1, canvas.Width + 2, canvas.Height + 2));
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(0, horizon), [look.SkyTop, look.SkyHorizon], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader, IsAntialias = true };
        canvas.Fill(SceneClass.Sky, everything, paint);
        if (look.Detailed)
        {
            PaintWeather(stage, everything);
        }
        else
        {
            PaintPuffs(stage);
        }
    }

    private static void PaintPuffs(Stage stage)
    {
        Random random = stage.Random;
        int count = (int)(8 * stage.Look.Cloudiness);
        for (int i = 0; i < count; i++)
        {
            float x = random.Between(0, stage.Canvas.Width);
            float y = random.Between(0.04f, 0.32f) * stage.Canvas.Height;
            float size = random.Between(5, 9);
            using var cloud = new SKPath();
            for (int puff = -2; puff <= 2; puff++)
            {
                float radius = size * (1 - (0.22f * MathF.Abs(puff)));
                cloud.AddCircle(x + (puff * size * 0.8f), y - (radius * 0.35f), radius);
            }

            using var flatBase = new SKPath();
            flatBase.AddRect(SKRect.Create(x - (4 * size), y - (3 * size), 8 * size, 3.2f * size));
            using SKPath shape = cloud.Op(flatBase, SKPathOp.Intersect);
            stage.Canvas.Decorate(shape, new Material(new SKColor(250, 252, 255)));
        }
    }

    private static void PaintWeather(Stage stage, SKPath everything)
    {
        Random random = stage.Random;
        float scale = random.Between(1, 2.4f);
        SKMatrix place = SKMatrix.CreateScaleTranslation(scale * 1.8f, scale * 0.7f, random.Next(200), random.Next(200));
        using var shader = SKShader.CreateBitmap(Textures.Clouds, SKShaderTileMode.Repeat, SKShaderTileMode.Repeat, place);
        using var paint = new SKPaint
        {
            Shader = shader,
            BlendMode = SKBlendMode.SoftLight,
            Color = SKColors.White.WithAlpha((byte)(255 * stage.Look.Cloudiness)),
            FilterQuality = SKFilterQuality.Medium,
        };
        stage.Canvas.Decorate(everything, paint);
    }
}
