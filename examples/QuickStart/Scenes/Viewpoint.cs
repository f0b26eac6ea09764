using System.Numerics;
using SkiaSharp;

namespace QuickStart.Scenes;

/// <summary>
/// A pinhole camera over the ground plane. The world is in metres: x to the right of the road's axis, y up, z along
/// the road; the picture is in pixels.
/// </summary>
internal sealed class Viewpoint
{
    private const float NearPlane = 0.4f;
    private readonly Matrix4x4 _rotation;
    private readonly float _focalLength;
    private readonly Vector2 _centre;

    public Viewpoint(Layout layout, int width, int height)
    {
        Position = new Vector3(layout.CameraX, layout.CameraHeight, 0);
        _focalLength = layout.FocalLength * width;
        _centre = new Vector2(width / 2f, height / 2f);
        _rotation = Matrix4x4.CreateRotationY(-layout.Yaw) * Matrix4x4.CreateRotationX(-layout.Pitch)
            * Matrix4x4.CreateRotationZ(layout.Roll);
    }

    public Vector3 Position { get; }

    /// <summary>The distance along the optical axis, in metres.</summary>
    public float Depth(Vector3 point) => ToCamera(point).Z;

    /// <summary>How many pixels a metre spans at a point, or 0 behind the camera.</summary>
    public float PixelsPerMetre(Vector3 point)
    {
        float depth = Depth(point);
        return depth < NearPlane ? 0 : _focalLength / depth;
    }

    /// <summary>Where a point in front of the camera appears.</summary>
    public SKPoint Project(Vector3 point) => ToScreen(ToCamera(point));

    /// <summary>The outline of a flat polygon, cut off at the camera; empty where all of it lies behind.</summary>
    public SKPath Outline(params ReadOnlySpan<Vector3> polygon)
    {
        var path = new SKPath();
        Vector3 previous = ToCamera(polygon[^1]);
        bool started = false;
        foreach (Vector3 corner in polygon)
        {
            Vector3 current = ToCamera(corner);
            if ((previous.Z < NearPlane) != (current.Z < NearPlane))
            {
                float t = (NearPlane - previous.Z) / (current.Z - previous.Z);
                Add(Vector3.Lerp(previous, current, t));
            }

            if (current.Z >= NearPlane)
            {
                Add(current);
            }

            previous = current;
        }

        if (started)
        {
            path.Close();
        }

        return path;

        void Add(Vector3 point)
        {
            SKPoint screen = ToScreen(point);
            if (started)
            {
                path.LineTo(screen);
            }
            else
            {
                path.MoveTo(screen);
                started = true;
            }
        }
    }

    /// <summary>The perspective map from a plane's own coordinates (metres along two directions) to the picture.</summary>
    public SKMatrix PlaneToPicture(Vector3 origin, Vector3 along, Vector3 up)
    {
        Vector3 o = ToCamera(origin);
        Vector3 a = Vector3.TransformNormal(along, _rotation);
        Vector3 u = Vector3.TransformNormal(up, _rotation);
        float Row(Vector3 v) => (_focalLength * v.X) + (_centre.X * v.Z);
        float Column(Vector3 v) => (-_focalLength * v.Y) + (_centre.Y * v.Z);
        return new SKMatrix(Row(a), Row(u), Row(o), Column(a), Column(u), Column(o), a.Z, u.Z, o.Z);
    }

    private Vector3 ToCamera(Vector3 point) => Vector3.TransformNormal(point - Position, _rotation);

    private SKPoint ToScreen(Vector3 point) =>
        new(_centre.X + (_focalLength * point.X / point.Z), _centre.Y - (_focalLength * point.Y / point.Z));
}
