using System.Text.Json;
using Road.MLNet.Scoring;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Scoring;

[TestClass]
public sealed class NetworkFactoryJsonTests
{
    [TestMethod]
    public void EveryNamedNetworksFactoryIsReadAsItWasWritten()
    {
        foreach (string name in SegmentationNetworks.Names)
        {
            SegmentationNetworkFactory factory = SegmentationNetworks.Get(name);

            (string type, string assembly, JsonElement properties) = NetworkFactoryJson.Write(factory);
            SegmentationNetworkFactory read = NetworkFactoryJson.Read(type, assembly, properties);

            Assert.AreEqual(factory.GetType(), read.GetType());
            Assert.AreEqual(name, read.Name);
        }
    }

    [TestMethod]
    public void EveryOptionOfEveryFactorySurvives()
    {
        SegmentationNetworkFactory[] factories =
        [
            new DeepLabV2Factory { BackboneName = "resnet50", OutputStride = 16, Dilations = [2, 5], Form = DeepLabV2Form.Vgg },
            new PspNetFactory { BackboneName = "resnet18", OutputStride = 32, Bins = [1, 4], Dropout = 0.25, AuxiliaryWeight = 0 },
            new DilatedNetFactory { HiddenChannels = 64, Dropout = 0, HasContext = false },
            new Fcn8sFactory { HiddenChannels = 128, Dropout = 0.125, Pool4Scale = 0.5, Pool3Scale = 2 },
        ];
        foreach (SegmentationNetworkFactory factory in factories)
        {
            (string type, string assembly, JsonElement properties) = NetworkFactoryJson.Write(factory);
            SegmentationNetworkFactory read = NetworkFactoryJson.Read(type, assembly, properties);

            int options = factory.GetType().GetProperties().Count(property => property.CanWrite);
            Assert.AreEqual(options, properties.EnumerateObject().Count());
            Assert.AreEqual(properties.GetRawText(), NetworkFactoryJson.Write(read).Properties.GetRawText());
            SegmentationNetworkFactory other = (SegmentationNetworkFactory)Activator.CreateInstance(factory.GetType())!;
            Dictionary<string, string> defaults = NetworkFactoryJson.Write(other).Properties.EnumerateObject().ToDictionary(
                p => p.Name, p => p.Value.GetRawText());
            foreach (JsonProperty property in properties.EnumerateObject().Where(p => p.Name != nameof(DeepLabV2Factory.Form)))
            {
                Assert.AreNotEqual(defaults[property.Name], property.Value.GetRawText(), $"{type}.{property.Name}");
            }
        }
    }

    // Checkpoints compare this text, so the order is as it was when every factory declared all of its properties itself.
    [TestMethod]
    [DataRow(typeof(DeepLabV2Factory), """{"BackboneName":"vgg16","OutputStride":8,"Dilations":[6,12,18,24],"Form":1}""")]
    [DataRow(
        typeof(PspNetFactory), """{"BackboneName":"resnet101","OutputStride":8,"Bins":[1,2,3,6],"Dropout":0.1,"AuxiliaryWeight":0.4}""")]
    [DataRow(typeof(DilatedNetFactory), """{"HiddenChannels":4096,"Dropout":0.5,"HasContext":true}""")]
    [DataRow(typeof(Fcn8sFactory), """{"HiddenChannels":4096,"Dropout":0.5,"Pool4Scale":0.01,"Pool3Scale":0.0001}""")]
    public void AFactoryIsWrittenAsEver(Type type, string text)
    {
        SegmentationNetworkFactory factory = (SegmentationNetworkFactory)Activator.CreateInstance(type)!;

        Assert.AreEqual(text, NetworkFactoryJson.Write(factory).Properties.GetRawText());
    }
}
