namespace QuickStart.Scenes;

/// <summary>The light that a camera scene is taken in.</summary>
internal enum Weather
{
    Clear,
    Overcast,
    Hazy,
    Evening,
}
