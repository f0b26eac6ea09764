using Road.Torch.Training;

namespace Road.MLNet.Data;

/// <summary><see cref="RoadTrainerOptions.Evaluation"/> in the guise of an observer.</summary>
internal sealed class EvaluationObserver(Action<RoadSnapshot> evaluation) : CallbackObserver
{
    public override bool WantsSnapshots => true;

    public override void Evaluated(TrainingSnapshot snapshot)
    {
        RoadTransformer model = ((RoadTrainingSnapshot)snapshot).CreateModel();
        evaluation(new RoadSnapshot(snapshot.Iteration, snapshot.Iterations, model) { Elapsed = snapshot.Elapsed });
    }
}
