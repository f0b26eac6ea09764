namespace QuickStart.Scenes;

/// <summary>Where things stand in a street, in metres and radians, and where the camera stands and looks.</summary>
internal sealed record Layout
{
    public required float RoadHalfWidth { get; init; }

    public required float SidewalkWidth { get; init; }

    /// <summary>The lawn between sidewalk and buildings; 0 where the buildings stand at the sidewalk.</summary>
    public required float Setback { get; init; }

    /// <summary>The chance that a plot between two buildings stays open.</summary>
    public required float OpenPlots { get; init; }

    public required (float Low, float High) BuildingHeight { get; init; }

    /// <summary>The chance of a pitched roof.</summary>
    public required float PitchedRoofs { get; init; }

    /// <summary>The mean distance between two street trees of one side.</summary>
    public required float TreeSpacing { get; init; }

    /// <summary>The mean distance between two parked cars of one side.</summary>
    public required float ParkedCarSpacing { get; init; }

    public required int DrivingCars { get; init; }

    public required int Persons { get; init; }

    public required float LampSpacing { get; init; }

    /// <summary>Where a street crosses, or null.</summary>
    public float? Crossing { get; init; }

    public required float CameraX { get; init; }

    public required float CameraHeight { get; init; }

    /// <summary>Positive turns the view to the right.</summary>
    public required float Yaw { get; init; }

    /// <summary>Positive turns the view down.</summary>
    public required float Pitch { get; init; }

    public float Roll { get; init; }

    /// <summary>In widths of the picture.</summary>
    public required float FocalLength { get; init; }

    public float BuildingLine => RoadHalfWidth + SidewalkWidth + Setback;
}
