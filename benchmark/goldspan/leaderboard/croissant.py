"""The data set's Croissant metadata: its files and columns, as JSON-LD that other tools read.

The context is that of Croissant 1.0 (mlcommons.org/croissant/1.0); ``mlcroissant`` validates it in the tests.
"""

from __future__ import annotations

from typing import Any

from goldspan.data.files import sha256

CONFORMS = "http://mlcommons.org/croissant/1.0"
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"string": "sc:Text", "int32": "sc:Integer", "bool": "sc:Boolean", "binary": "sc:Text"}


def croissant(name: str, version: str, url: str, path: str, parquet: bytes) -> dict[str, Any]:
    """The metadata of one Parquet file.

    Args:
        url: of the data set's page.
        path: of the file below it.
    """
    import io

    import pyarrow.parquet as pq

    schema = pq.read_schema(io.BytesIO(parquet))
    fields = [_field(column.name, column.type) for column in schema]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": "Authored web pages in which every block of text is labelled, for measuring article extractors.",
        "conformsTo": CONFORMS,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "citeAs": f"The Goldspan maintainers: Goldspan core set, version {version}",
        "url": url,
        "version": version if version.count(".") == 2 else f"{version}.0",
        "datePublished": "2026-01-01",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "samples.parquet",
                "name": "samples.parquet",
                "description": "A row a sample: the page and its gold.",
                "contentUrl": f"{url}/resolve/main/{path}",
                "contentSize": f"{len(parquet)} B",
                "encodingFormat": "application/x-parquet",
                "sha256": sha256(parquet),
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "samples",
                "name": "samples",
                "description": "The samples.",
                "key": {"@id": "samples/id"},
                "field": fields,
            }
        ],
    }


def _field(name: str, kind: Any) -> dict[str, Any]:
    import pyarrow.types as types

    source = {"fileObject": {"@id": "samples.parquet"}, "extract": {"column": name}}
    field: dict[str, Any] = {"@type": "cr:Field", "@id": f"samples/{name}", "name": f"samples/{name}", "source": source}
    if types.is_list(kind) or types.is_large_list(kind):
        field["repeated"] = True
        kind = kind.value_type
    # What is nested is described as text: it is JSON once it leaves Parquet.
    field["dataType"] = _TYPES.get(str(kind), "sc:Text")
    return field
