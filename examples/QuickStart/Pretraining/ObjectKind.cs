namespace QuickStart.Pretraining;

/// <summary>What a picture of the classification set shows: one thing or one surface, filling most of it.</summary>
internal enum ObjectKind
{
    Car,
    Van,
    Person,
    BroadleafTree,
    Conifer,
    Bush,
    House,
    BrickWall,
    PlasterWall,
    ShopFront,
    Asphalt,
    Paving,
    Grass,
    Sky,
    Lamp,
}
