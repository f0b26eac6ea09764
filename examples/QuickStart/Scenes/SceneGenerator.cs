using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>Draws street scenes with exact labels; the same style and number give the same scene.</summary>
internal sealed class SceneGenerator(int width, int height)
{
    public Scene Draw(SceneStyle style, int number)
    {
        var random = new Random((number * 7919) + (style == SceneStyle.Simulator ? 17 : 104_729));
        Look look = style == SceneStyle.Simulator ? SimulatorLook.Create(random) : CameraLook.Create(random);
        Layout layout = look.NextLayout(random);
        using var canvas = new SceneCanvas(width, height, look.Oversampling);
        var stage = new Stage(canvas, new Viewpoint(layout, width, height), layout, look, random);

        SkyPainter.Paint(stage);
        GroundPainter.Paint(stage);
        List<StreetObject> objects = StreetPlanner.Plan(stage);
        ShadowPainter.Paint(stage, objects);
        foreach (StreetObject item in objects.OrderBy(item => item.Layer).ThenByDescending(item => item.Distance))
        {
            item.Paint(stage);
        }

        SKBitmap picture = look.Develop(canvas.Image, random);
        canvas.Image.Dispose();
        return new Scene(picture, canvas.Labels);
    }
}
