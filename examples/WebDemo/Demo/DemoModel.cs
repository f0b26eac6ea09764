using QuickStart.Pretraining;
using QuickStart.Scenes;
using QuickStart.Training;
using WebDemo.Segmentation;

namespace WebDemo.Demo;

/// <summary>The model for those who bring none: the quick start's, trained on scenes that it draws.</summary>
/// <param name="folder">Where the scenes and the model are kept.</param>
/// <param name="iterations">The training steps.</param>
internal sealed class DemoModel(string folder, int iterations)
{
    public const int DefaultIterations = 800;

    // The quick start's, which its pictures were made with.
    private const int Seed = 2;

    // Parts of the whole time, as measured.
    private const double DrawingEnd = 0.03;
    private const double PretrainingEnd = 0.35;

    /// <summary>The model's file, once it is trained.</summary>
    public string File { get; } = Path.Combine(folder, "model.zip");

    /// <summary>Trains it, which takes minutes.</summary>
    /// <param name="tell">Is told how far it is.</param>
    /// <param name="cancellation">Ends the training; the next one starts from the beginning.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Train(Action<ModelState> tell, CancellationToken cancellation)
    {
        SceneFolders scenes = new(Path.Combine(folder, "scenes"));
        int count = (2 * RunSettings.TrainingScenes) + RunSettings.TestScenes;
        scenes.Write(
            RunSettings.TrainingScenes,
            RunSettings.TestScenes,
            done => Tell(0, DrawingEnd, done, count, "drawing street scenes"),
            cancellation);

        string backbone = Path.Combine(folder, "backbone.safetensors");
        if (!System.IO.File.Exists(backbone))
        {
            new BackbonePretraining(Seed).Run(backbone, TellPretraining, cancellation);
        }

        var trainer = RunSettings.Create(backbone, iterations);
        trainer.DistillationWeight = RunSettings.DistillationWeight;
        trainer.SpatialWeight = RunSettings.SpatialWeight;
        trainer.CancellationToken = cancellation;
        new SegmentationRun(scenes, Seed).Train(
            "with ROAD",
            trainer,
            File,
            (done, losses) => Tell(PretrainingEnd, 1, done, iterations, $"training with ROAD, {losses}"));

        void TellPretraining(int done, string remark) =>
            Tell(DrawingEnd, PretrainingEnd, done, BackbonePretraining.Iterations, "pretraining the backbone on single things");

        void Tell(double from, double to, int done, int total, string what) => tell(new ModelState(
            "training",
            from + ((to - from) * done / total),
            what));
    }
}
