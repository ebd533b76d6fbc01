"""A postcode directory as it is published, packed and cut down; and what is none."""

import gzip
import zipfile
from pathlib import Path

import pytest

from house import SAMPLES
from throughline.feeds.postcodes import Directory, NoDirectory, PostcodeIndex, Spot

FULL = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,usertype,oseast1m,osnrth1m,osgrdind,ctry\n"
    '"ZH1 1AA","ZH1  1AA","ZH1 1AA","198001","","E99999999","","E06999971","",0,535500,595500,1,E92000001\n'
    '"ZH1 1AB","ZH1  1AB","ZH1 1AB","198001","199606","E99999999","","E06999972","",0,1,2,1,E92000001\n'
    '"ZN7 2ZZ","ZN7  2ZZ","ZN7 2ZZ","198001","","","","N09000003","",0,,,9,N92000002\n'
)
CUT = "pcds,oslaua,oseast1m,osnrth1m\nZH1 1AA,E06999971,535500.0,595500.0\nZW1 1AA,E06999972,556000.0,616000.0\n"
NEWER = "pcd7,pcd8,pcds,doterm,lad25cd,east1m,north1m\nZH11AA,ZH1 1AA,ZH1 1AA,,E06999971,535500,595500\n"


def index(path: Path) -> PostcodeIndex:
    return PostcodeIndex(Directory(path).rows())


@pytest.mark.parametrize("text", [FULL, CUT, NEWER, "\ufeff" + CUT, CUT.replace("\n", "\r\n")])
def test_every_edition_s_columns_are_known(tmp_path: Path, text: str) -> None:
    path = tmp_path / "directory.csv"
    path.write_bytes(text.encode())
    assert index(path).spot("ZH1 1AA") == Spot("E06999971", 535500, 595500)


def test_it_may_come_packed(tmp_path: Path) -> None:
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(FULL.encode()))
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as packed:
        packed.writestr("Documents/names.csv", "LAD23CD,LAD23NM\nE06999971,Port Halden\n")
        packed.writestr("Data/multi_csv/ZH.csv", FULL.splitlines()[0] + "\n" + FULL.splitlines()[1] + "\n")
        packed.writestr("Data/ALL.csv", FULL)
    for name in ("d.csv.gz", "d.zip"):
        assert len(index(tmp_path / name)) == 3, name


def test_a_postcode_is_found_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(FULL)
    found = index(tmp_path / "d.csv")
    assert found.spot("zh11aa") == found.spot("ZH1 1AA") == found.spot("ZH1  1AA") != None  # noqa: E711
    assert [found.spot(text) for text in ("", "ZH1 1AC", "nope", "é1 1AA", "ZH1 1A")] == [None] * 5


def test_a_place_without_a_point_on_the_map_is_still_in_its_country(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(FULL)
    assert index(tmp_path / "d.csv").spot("ZN7 2ZZ") == Spot("N09000003", None, None)


def test_of_one_that_stands_twice_the_one_in_use_is_meant(tmp_path: Path) -> None:
    rows = ["ZH1 1AA,199606,E06999972,1,1", "ZH1 1AA,,E06999971,2,2"]
    for order in (rows, rows[::-1]):
        (tmp_path / "d.csv").write_text("pcds,doterm,oslaua,oseast1m,osnrth1m\n" + "\n".join(order) + "\n")
        assert index(tmp_path / "d.csv").spot("ZH1 1AA") == Spot("E06999971", 2, 2)


def test_rows_without_a_postcode_are_passed_over_and_counted(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(CUT + ",E06999971,1,1\nGIR 0AA,E06999971,1,1\nZC1 1AA,E06999973,x,1e400\n")
    directory = Directory(tmp_path / "d.csv")
    found = PostcodeIndex(directory.rows())
    assert directory.passed_over == 2
    assert found.spot("ZC1 1AA") == Spot("E06999973", None, None)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "pcds,oslaua\nZH1 1AA,E06999971\n", "\x00\x01\x02"])
def test_another_file_is_not_taken_for_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(NoDirectory, match="oslaua"):
        Directory(tmp_path / "d.csv")


def test_a_file_cut_short_is_refused_whole(tmp_path: Path) -> None:
    packed = gzip.compress(FULL.encode() * 500)
    (tmp_path / "d.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(NoDirectory, match="again, whole"):
        index(tmp_path / "d.csv.gz")
    (tmp_path / "d.csv").write_text(CUT + "ZW1 1AB,E06999972,1\n")
    with pytest.raises(NoDirectory, match="again, whole"):
        index(tmp_path / "d.csv")


def test_the_published_subset_goes_in_whole() -> None:
    path = SAMPLES / "reference" / "onspd_subset.csv.gz"
    if not path.exists():
        pytest.skip(f"{path} is not here: the published sample was not tried")
    directory = Directory(path)
    found = PostcodeIndex(directory.rows())
    assert (len(found), directory.passed_over) == (216_948, 0)
    assert found.spot("SO14 7LY") is not None  # Southampton's civic centre
    assert found.spot("AL2 1BB") == Spot("E07000098", 518796, 203977)
