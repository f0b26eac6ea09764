using System.Numerics;

namespace QuickStart.Scenes;

/// <summary>Something that stands in the street. Objects are painted by layer, and in a layer from the farthest on.</summary>
internal abstract class StreetObject
{
    /// <summary>0 for what lines the street, 1 for what stands in it.</summary>
    public abstract int Layer { get; }

    /// <summary>Metres along the street.</summary>
    public abstract float Distance { get; }

    /// <summary>The points whose shadows on the ground bound the object's shadow; empty where it casts none.</summary>
    public virtual IReadOnlyList<Vector3> ShadowCasters => [];

    public abstract void Paint(Stage stage);
}
