using Microsoft.ML.Data;
using QuickStart.Scenes;
using QuickStart.Training;
using Road.MLNet;

namespace QuickStart.Report;

/// <summary>Scenes and their masks as pictures, each the caller's to dispose; pixels of no class are black.</summary>
internal static class ScenePictures
{
    /// <summary>A scene.</summary>
    public static MLImage Photo(string path) => SegmentationDrawing.Load(path);

    /// <summary>A label file in the classes' colours.</summary>
    public static MLImage Truth(string path)
    {
        using MLImage ids = SegmentationDrawing.Load(path);

        // A grey is a class, and 255, which belongs to none, becomes key 0.
        return Paint([.. ids.Pixels.ToArray().Chunk(4).Select(static grey => unchecked((byte)(grey[0] + 1)))]);
    }

    /// <summary>A predicted mask in the classes' colours.</summary>
    public static MLImage Prediction(ShownMask mask) => Paint(mask.Keys);

    private static MLImage Paint(byte[] keys) =>
        SegmentationDrawing.Paint(new LabelMask(keys, SceneFolders.Width, SceneFolders.Height), SceneClasses.Encoding.ClassColors);
}
