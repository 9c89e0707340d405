/// The form of a rule document, as a JSON Schema: what the compiler checks first, what editors can use, what `trunkline rules schema` prints.
package enum RuleSchema {
    package static let text = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "urn:trunkline:route-rules:1",
          "title": "Routing rules of a tenant",
          "type": "object",
          "required": ["rules"],
          "additionalProperties": false,
          "properties": {
            "version": { "description": "Version of this form.", "enum": [1] },
            "description": { "type": "string", "maxLength": 2000 },
            "timezone": { "$ref": "#/$defs/timezone" },
            "constant": {
              "description": "Names in extradata that Enreach keeps for the whole of a call. All others may differ at each queue, and loops are looked for accordingly.",
              "$ref": "#/$defs/texts"
            },
            "queues": {
              "description": "Queues by name. Their numbers may stand as bnum and as targets.",
              "type": "object", "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "oneOf": [
                  { "$ref": "#/$defs/number" },
                  {
                    "type": "object", "required": ["number"], "additionalProperties": false,
                    "properties": {
                      "number": { "$ref": "#/$defs/number" },
                      "targetid": { "description": "The targetid Enreach sends for calls of this queue.", "$ref": "#/$defs/text" },
                      "description": { "type": "string", "maxLength": 2000 }
                    }
                  }
                ]
              }
            },
            "targets": {
              "description": "Other numbers by name: agents, external services.",
              "type": "object", "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": { "$ref": "#/$defs/number" }
            },
            "pools": {
              "description": "Several targets that share calls by weight.",
              "type": "object", "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "array", "minItems": 1, "maxItems": 64,
                "items": {
                  "type": "object", "required": ["to"], "additionalProperties": false,
                  "properties": {
                    "to": { "$ref": "#/$defs/text" },
                    "weight": { "type": "integer", "minimum": 1, "maximum": 1000 }
                  }
                }
              }
            },
            "lists": {
              "description": "Numbers, and beginnings of numbers that end with *, by name.",
              "type": "object", "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": { "type": "array", "minItems": 1, "maxItems": 10000, "items": { "$ref": "#/$defs/text" } }
            },
            "hours": {
              "description": "Opening hours by name.",
              "type": "object", "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object", "required": ["week"], "additionalProperties": false,
                "properties": {
                  "timezone": { "$ref": "#/$defs/timezone" },
                  "week": {
                    "description": "Every day of the week: mon, or mon-fri.",
                    "type": "object", "minProperties": 1, "propertyNames": { "pattern": "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$" },
                    "additionalProperties": { "$ref": "#/$defs/times" }
                  },
                  "holidays": {
                    "type": "array", "maxItems": 1000,
                    "items": {
                      "type": "object", "required": ["date"], "additionalProperties": false,
                      "properties": {
                        "date": { "description": "2026-12-06, or 12-06 for every year.", "type": "string", "pattern": "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$" },
                        "open": { "$ref": "#/$defs/times" },
                        "name": { "type": "string", "maxLength": 200 }
                      }
                    }
                  }
                }
              }
            },
            "rules": {
              "description": "The first rule that fits decides. When none does, the call stays where it is.",
              "type": "array", "minItems": 1, "maxItems": 500,
              "items": {
                "type": "object", "required": ["name", "to"], "additionalProperties": false,
                "properties": {
                  "name": { "type": "string", "minLength": 1, "maxLength": 100 },
                  "when": { "$ref": "#/$defs/when" },
                  "to": {
                    "description": "A name, a number, owner, last-agent, account-queue, disconnect or default; of several the first that is there.",
                    "$ref": "#/$defs/texts"
                  },
                  "fail": { "description": "Where a call goes that overflows from there.", "$ref": "#/$defs/texts" },
                  "priority": { "description": "Enreach's ExtraPriority.", "type": "integer", "minimum": -1000, "maximum": 1000 }
                }
              }
            }
          },
          "$defs": {
            "name": { "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$" },
            "text": { "type": "string", "minLength": 1, "maxLength": 200 },
            "texts": { "oneOf": [{ "$ref": "#/$defs/text" }, { "type": "array", "minItems": 1, "maxItems": 20, "items": { "$ref": "#/$defs/text" } }] },
            "number": { "type": "string", "minLength": 1, "maxLength": 40 },
            "timezone": { "description": "Such as Europe/Helsinki.", "type": "string", "minLength": 1, "maxLength": 60 },
            "times": {
              "description": "closed, or spans such as 08:00-16:30; an end before the beginning lies on the next day.",
              "oneOf": [
                { "enum": ["closed"] },
                { "type": "array", "minItems": 1, "maxItems": 24, "items": { "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$" } }
              ]
            },
            "when": {
              "description": "All of these have to hold.",
              "type": "object", "minProperties": 1, "additionalProperties": false,
              "properties": {
                "caller": {
                  "description": "known: contact, account or lead. unknown: not found, ambiguous or no number at all; anonymous callers are a kind of their own.",
                  "oneOf": [
                    { "$ref": "#/$defs/caller" },
                    { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/caller" } }
                  ]
                },
                "internal": { "type": "boolean" },
                "blocked": { "type": "boolean" },
                "open_case": { "type": "boolean" },
                "open_callback": { "type": "boolean" },
                "has_owner": { "description": "The owner of the caller's record has a number.", "type": "boolean" },
                "segment": { "$ref": "#/$defs/texts" },
                "language": { "description": "The caller's language, else DYN_PAR_Culture of the request; fi fits fi-FI, too.", "$ref": "#/$defs/texts" },
                "last_agent_within_days": { "type": "integer", "minimum": 1, "maximum": 3650 },
                "open": { "description": "Name of opening hours that are open now.", "$ref": "#/$defs/text" },
                "closed": { "description": "Name of opening hours that are closed now.", "$ref": "#/$defs/text" },
                "anum": { "description": "Numbers, beginnings of numbers that end with *, or names of lists.", "$ref": "#/$defs/texts" },
                "bnum": { "description": "Called number, or name of a queue.", "$ref": "#/$defs/texts" },
                "targetid": { "$ref": "#/$defs/texts" },
                "extradata": {
                  "description": "Values of further data of the request, by name.",
                  "type": "object", "minProperties": 1, "additionalProperties": { "$ref": "#/$defs/texts" }
                },
                "share": { "description": "So many of a hundred calls, drawn by the call's id.", "type": "integer", "minimum": 1, "maximum": 99 }
              }
            },
            "caller": { "enum": ["known", "unknown", "anonymous", "ambiguous", "contact", "account", "lead"] }
          }
        }
        """#
}
