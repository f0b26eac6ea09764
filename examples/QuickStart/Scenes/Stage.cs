using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>Everything a painter needs to draw its part of one scene.</summary>
internal sealed record Stage(SceneCanvas Canvas, Viewpoint View, Layout Layout, Look Look, Random Random)
{
    /// <summary>Fills a flat polygon of the world, its texture in perspective.</summary>
    public void FillPlane(SceneClass kind, Material material, ReadOnlySpan<Vector3> polygon, float? depth = null)
    {
        using SKPath outline = View.Outline(polygon);
        Canvas.Fill(kind, outline, Seen(material, polygon, depth), Plane(polygon));
    }

    /// <summary>Draws a flat polygon as a detail of what lies beneath it.</summary>
    public void DecoratePlane(Material material, ReadOnlySpan<Vector3> polygon, float? depth = null)
    {
        using SKPath outline = View.Outline(polygon);
        Canvas.Decorate(outline, Seen(material, polygon, depth), Plane(polygon));
    }

    private Material Seen(Material material, ReadOnlySpan<Vector3> polygon, float? depth)
    {
        if (depth is null)
        {
            Vector3 middle = Vector3.Zero;
            foreach (Vector3 corner in polygon)
            {
                middle += corner / polygon.Length;
            }

            depth = View.Depth(middle);
        }

        return Look.Through(material, depth.Value);
    }

    // The texture starts at the first corner and runs along the first edge.
    private SKMatrix Plane(ReadOnlySpan<Vector3> polygon)
    {
        Vector3 along = Vector3.Normalize(polygon[1] - polygon[0]);
        Vector3 normal = Vector3.Cross(along, polygon[^1] - polygon[0]);
        Vector3 up = Vector3.Normalize(Vector3.Cross(normal, along));
        return View.PlaneToPicture(polygon[0], along, up);
    }
}
