"""One ROAD training step and the scoring of one image, as plain PyTorch (eager, float32) does them.

Answers lines on standard input with seconds on standard output: "step" trains on a new random batch, "score WIDTH HEIGHT"
scores a random image; an empty line or the end of the input ends it. The step is that of the library: segmentation,
distillation and spatial losses of DeepLab v2 on VGG-16, SGD with momentum and decay; batches are ready in memory.

    python3 road.py THREADS CROPS_A_DOMAIN CROP_SIZE
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CLASSES, REGIONS, LAMBDA1, LAMBDA2 = 7, 3, 0.1, 0.01


class Reversal(torch.autograd.Function):
    @staticmethod
    def forward(context, value):
        return value.view_as(value)

    @staticmethod
    def backward(context, gradient):
        return -LAMBDA2 * gradient


def vgg16():
    layers, inputs = [], 3
    for stage, (count, channels) in enumerate([(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]):
        dilation = 2 if stage == 4 else 1
        for _ in range(count):
            layers += [nn.Conv2d(inputs, channels, 3, padding=dilation, dilation=dilation), nn.ReLU(inplace=True)]
            inputs = channels
        if stage < 3:
            layers.append(nn.MaxPool2d(2))
        elif stage == 3:
            layers.append(nn.MaxPool2d(3, stride=1, padding=1))
    return nn.Sequential(*layers)


class DeepLab(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = vgg16()
        self.aspp = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(512, 1024, 3, padding=rate, dilation=rate), nn.ReLU(inplace=True), nn.Dropout(0.5),
                nn.Conv2d(1024, 1024, 1), nn.ReLU(inplace=True), nn.Dropout(0.5),
                nn.Conv2d(1024, CLASSES, 1))
            for rate in (6, 12, 18, 24))

    def classify(self, features):
        return sum(branch(features) for branch in self.aspp)


class Job:
    def __init__(self, crops, size):
        torch.manual_seed(1)
        self.crops, self.size = crops, size
        self.network = DeepLab()
        self.teacher = vgg16().requires_grad_(False)
        self.teacher.load_state_dict(self.network.backbone.state_dict())
        self.domains = nn.ModuleList(
            nn.Sequential(nn.Conv2d(512, 512, 1), nn.ReLU(inplace=True), nn.Conv2d(512, 1, 1)) for _ in range(REGIONS ** 2))
        fast = list(self.network.aspp.parameters()) + list(self.domains.parameters())
        self.optimizer = torch.optim.SGD(
            [{"params": self.network.backbone.parameters()}, {"params": fast, "lr": 1e-5}], lr=1e-6, momentum=0.9, weight_decay=5e-4)
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
        self.deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)

    def normalise(self, pixels):
        return (pixels.float() / 255 - self.mean) / self.deviation

    def step(self):
        n = self.crops
        pixels = torch.randint(0, 256, (2 * n, 3, self.size, self.size), dtype=torch.uint8)
        labels = torch.randint(0, CLASSES, (n, self.size, self.size))
        start = time.perf_counter()
        self.network.train()
        self.optimizer.zero_grad(set_to_none=True)
        images = self.normalise(pixels)
        features = self.network.backbone(images)
        logits = F.interpolate(self.network.classify(features[:n]), labels.shape[1:], mode="bilinear", align_corners=False)
        loss = F.cross_entropy(logits, labels, ignore_index=255)
        with torch.no_grad():
            reference = self.teacher(images[n:])
        loss = loss + LAMBDA1 * (features[n:] - reference).norm(dim=1).mean()
        reversed_features = Reversal.apply(features)
        height, width = features.shape[2:]
        for row in range(REGIONS):
            for column in range(REGIONS):
                part = reversed_features[
                    :, :, row * height // REGIONS:(row + 1) * height // REGIONS, column * width // REGIONS:(column + 1) * width // REGIONS]
                logit = self.domains[row * REGIONS + column](part)
                truth = torch.zeros_like(logit)
                truth[n:] = 1
                loss = loss + F.binary_cross_entropy_with_logits(logit, truth)
        loss.backward()
        self.optimizer.step()
        return time.perf_counter() - start

    def score(self, width, height):
        photo = torch.randint(0, 256, (1, 3, height, width), dtype=torch.uint8)
        start = time.perf_counter()
        self.network.eval()
        with torch.inference_mode():
            logits = self.network.classify(self.network.backbone(self.normalise(photo)))
            F.interpolate(logits, photo.shape[2:], mode="bilinear", align_corners=False).argmax(1).byte().numpy()
        return time.perf_counter() - start


def main():
    threads, crops, size = (int(value) for value in sys.argv[1:4])
    torch.set_num_threads(threads)
    job = Job(crops, size)
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        words = line.split()
        if not words:
            break
        print(getattr(job, words[0])(*map(int, words[1:])), flush=True)


if __name__ == "__main__":
    main()
