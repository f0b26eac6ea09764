namespace QuickStart.Scenes;

/// <summary>What a pixel of a street scene shows; the values are the pixel values of the label files.</summary>
internal enum SceneClass : byte
{
    Sky = 0,
    Building = 1,
    Road = 2,
    Sidewalk = 3,
    Vegetation = 4,
    Car = 5,
    Person = 6,

    /// <summary>Street furniture, which no class claims: no loss and no metric counts it.</summary>
    Ignored = 255,
}
