namespace QuickStart.Scenes;

/// <summary>The two domains.</summary>
internal enum SceneStyle
{
    /// <summary>Clean, saturated and flat: the labelled source.</summary>
    Simulator,

    /// <summary>Weathered, noisy and varied: the unlabelled target.</summary>
    Camera,
}
