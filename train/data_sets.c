/* data_sets.c - the data sets that there are; see data.h. */
#include "data.h"

#include <stddef.h>

#define IDX_FILES(train, test)                                                             \
    {                                                                                      \
        train "-images-idx3-ubyte", train "-labels-idx1-ubyte", test "-images-idx3-ubyte", \
            test "-labels-"                                                                \
                 "idx1-ubyte"                                                              \
    }
/* The archive of EMNIST holds all of its sets, and this program reads no ZIP. */
#define EMNIST_TO_GET                                                                                \
    "unpack its four files from https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip into a folder " \
    "of its name in $RUNGS_DATA"

/* two examples of articles: three points in the plane, and the input of a calculation by hand */
static const struct data_points three_points = { 3, 2, (const unsigned char[]){ 1, 2, 2, 3, 3, 4 },
                                                 (const unsigned char[]){ 1, 0, 1 } },
                                one_point = { 1, 2, (const unsigned char[]){ 1, 0 },
                                              (const unsigned char[]){ 0 } };

const struct data_set data_sets[] = {
    {
        .name = "fashion-mnist",
        .about = "70000 pictures of clothes, 28x28, 10 classes (Xiao, Rasul, Vollgraf, 2017; MIT licence)",
        .folders = { "$RUNGS_DATA/fashion-mnist", "/usr/share/datasets/fashion-mnist", "$EXTRA/fashion-mnist",
                     "$RUNGS_HOME/fashion-mnist" },
        .to_get = "on Debian `apt install dataset-fashion-mnist`, elsewhere `rungs data get fashion-mnist`",
        .mirrors = { "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                     "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/" },
        .classes = 10,
        .file = IDX_FILES("train", "t10k"),
        .elements = { 47040000, 60000, 7840000, 10000 },
        .sha256 = { "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34" },
        .class_name = { "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
                        "Bag", "Ankle boot" },
    },
    {
        .name = "mnist",
        .about = "70000 handwritten digits, 28x28, 10 classes (LeCun, Cortes, Burges; CC BY-SA 3.0)",
        .folders = { "$RUNGS_DATA/mnist", "$RUNGS_DATA", "$EXTRA/mnist", "$RUNGS_HOME/mnist" },
        .to_get = "`rungs data get mnist` downloads it",
        .mirrors = { "https://ossci-datasets.s3.amazonaws.com/mnist/",
                     "https://storage.googleapis.com/cvdf-datasets/mnist/",
                     "http://yann.lecun.com/exdb/mnist/" },
        .classes = 10,
        .file = IDX_FILES("train", "t10k"),
        .elements = { 47040000, 60000, 7840000, 10000 },
        .sha256 = { "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2" },
        .class_name = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" },
    },
    {
        .name = "kmnist",
        .about = "70000 cursive Japanese characters, 28x28, 10 classes (Clanuwat et al., 2018; CC BY-SA 4.0)",
        .folders = { "$RUNGS_DATA/kmnist", "$EXTRA/kmnist", "$RUNGS_HOME/kmnist" },
        .to_get = "`rungs data get kmnist` downloads it",
        .mirrors = { "https://codh.rois.ac.jp/kmnist/dataset/kmnist/" },
        .classes = 10,
        .file = IDX_FILES("train", "t10k"),
        .are_packed_sums = 1,
        .sha256 = { "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                    "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                    "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                    "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c" },
        .class_name = { "o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo" },
    },
    {
        .name = "emnist-digits",
        .about = "280000 handwritten digits, 28x28, 10 classes (Cohen et al., 2017; public domain)",
        .folders = { "$RUNGS_DATA/emnist-digits", "$EXTRA/emnist-digits", "$RUNGS_HOME/emnist-digits" },
        .to_get = EMNIST_TO_GET,
        .classes = 10,
        .file = IDX_FILES("emnist-digits-train", "emnist-digits-test"),
        .is_transposed = 1,
        .class_name = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" },
    },
    {
        .name = "emnist-letters",
        .about = "145600 handwritten letters, 28x28, 26 classes (Cohen et al., 2017; public domain)",
        .folders = { "$RUNGS_DATA/emnist-letters", "$EXTRA/emnist-letters", "$RUNGS_HOME/emnist-letters" },
        .to_get = EMNIST_TO_GET,
        .classes = 26,
        .first_label = 1,
        .file = IDX_FILES("emnist-letters-train", "emnist-letters-test"),
        .is_transposed = 1,
    },
    {
        .name = "emnist-balanced",
        .about = "131600 digits and letters, 28x28, 47 classes (Cohen et al., 2017; public domain)",
        .folders = { "$RUNGS_DATA/emnist-balanced", "$EXTRA/emnist-balanced", "$RUNGS_HOME/emnist-balanced" },
        .to_get = EMNIST_TO_GET,
        .classes = 47,
        .file = IDX_FILES("emnist-balanced-train", "emnist-balanced-test"),
        .is_transposed = 1,
    },
    {
        .name = "cifar10",
        .about = "60000 small photographs, 3x32x32, 10 classes (Krizhevsky, 2009)",
        .folders = { "$RUNGS_DATA/cifar10", "$RUNGS_DATA/cifar-10-batches-bin", "$EXTRA/cifar10",
                     "$RUNGS_HOME/cifar10" },
        .to_get = "`rungs data get cifar10` downloads it",
        .mirrors = { "https://www.cs.toronto.edu/~kriz/" },
        .classes = 10,
        .cifar_labels = 1,
        .archive = "cifar-10-binary.tar.gz",
        .archive_sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        .file = { "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                  "data_batch_5.bin", "test_batch.bin" },
        .sha256 = { "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
                    "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
                    "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
                    "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
                    "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
                    "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b" },
        .class_name = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
                        "truck" },
    },
    {
        .name = "cifar100",
        .about = "60000 small photographs, 3x32x32, 100 classes, the fine ones (Krizhevsky, 2009)",
        .folders = { "$RUNGS_DATA/cifar100", "$RUNGS_DATA/cifar-100-binary", "$EXTRA/cifar100",
                     "$RUNGS_HOME/cifar100" },
        .to_get = "`rungs data get cifar100` downloads it",
        .mirrors = { "https://www.cs.toronto.edu/~kriz/" },
        .classes = 100,
        .cifar_labels = 2,
        .archive = "cifar-100-binary.tar.gz",
        .archive_sha256 = "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
        .file = { "train.bin", "test.bin" },
        .sha256 = { "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
                    "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a" },
    },
    {
        .name = "three-points",
        .about = "(1, 2), (2, 3) and (3, 4), 2 classes; the same to train on and to test with",
        .to_get = "it is part of the program",
        .points = &three_points,
        .classes = 2,
        .class_name = { "0", "1" },
    },
    {
        .name = "one-point",
        .about = "(1, 0), of class 0 of 2; the same to train on and to test with",
        .to_get = "it is part of the program",
        .points = &one_point,
        .classes = 2,
        .class_name = { "0", "1" },
    },
    { 0 },
};
