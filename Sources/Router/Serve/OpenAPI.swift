/// The interface in OpenAPI's words, as `/openapi.json` serves it.
enum OpenAPI {
    static let document = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Trunkline router",
            "version": "1",
            "description": "Smart routing for Enreach: where a call shall go. 200 only when it shall go elsewhere, 204 otherwise. The called number is never answered."
          },
          "security": [{ "key": [] }, { "basic": [] }],
          "paths": {
            "/route": { "post": \#(operation("route")) },
            "/route/{tenant}": {
              "parameters": [{ "name": "tenant", "in": "path", "required": true, "description": "The key must be this tenant's.", "schema": { "type": "string" } }],
              "post": \#(operation("routeOfTenant"))
            },
            "/openapi.json": { "get": { "operationId": "describe", "security": [], "responses": { "200": { "description": "This document." } } } }
          },
          "components": {
            "securitySchemes": {
              "key": { "type": "apiKey", "in": "header", "name": "X-Benemen-APIKey" },
              "basic": { "type": "http", "scheme": "basic", "description": "The password is the key; the user name does not matter." }
            },
            "requestBodies": {
              "Question": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Question" } } } }
            },
            "responses": {
              "Answer": {
                "description": "The call shall go elsewhere.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Answer" } } }
              },
              "Nothing": { "description": "The call stays on its way: no rule fits, the caller is unknown, or the router is in doubt." },
              "Problem": {
                "description": "The request can't be answered, and why.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              }
            },
            "schemas": {
              "Question": {
                "type": "object",
                "required": ["anum", "bnum"],
                "properties": {
                  "anum": { "type": "string", "maxLength": 256, "description": "Caller in E.164. Empty, or a word such as anonymous, for a withheld number." },
                  "bnum": { "type": "string", "minLength": 1, "maxLength": 256, "description": "Called number of the queue the call is in." },
                  "targetid": { "type": ["string", "null"], "maxLength": 256, "description": "What the queue is configured to be called by." },
                  "extradata": {
                    "type": ["object", "null"],
                    "description": "Rules may ask for any text in it but CallId, by its name. The first 32 texts count whose name has at most 64 bytes; whatever else stands there is let be.",
                    "properties": {
                      "CallId": { "type": ["string", "null"], "maxLength": 256, "description": "The call, which keeps its lots by it." },
                      "LegId": { "type": "string", "maxLength": 256, "description": "The leg of the call." },
                      "CurrQueueId": { "type": "string", "maxLength": 256, "description": "The queue the call is in." },
                      "CurrUserId": { "type": "string", "maxLength": 256, "description": "The user the call is at." },
                      "IsInternalCaller": { "type": ["boolean", "null"], "description": "Whether the caller is a colleague." }
                    },
                    "patternProperties": {
                      "^DYN_": { "type": "string", "maxLength": 256, "description": "What the queue is configured to send along, such as DYN_PAR_Culture, the caller's language." }
                    },
                    "additionalProperties": true
                  }
                }
              },
              "Answer": {
                "type": "object",
                "required": ["InitialTarget"],
                "additionalProperties": false,
                "properties": {
                  "InitialTarget": { "type": "string", "description": "A number in E.164, or DISCONNECT: to end the call." },
                  "FailTarget": { "type": "string", "description": "Where the call goes when it overflows from there." },
                  "ExtraPriority": { "type": "integer" }
                }
              },
              "Problem": {
                "type": "object",
                "required": ["title", "status", "detail"],
                "properties": { "title": { "type": "string" }, "status": { "type": "integer" }, "detail": { "type": "string" } }
              }
            }
          }
        }
        """#

    private static func operation(_ id: String) -> String {
        let problems = [400, 401, 404, 405, 408, 413, 414, 417, 431].map {
            ##""\##($0)": { "$ref": "#/components/responses/Problem" }"##
        }
        return #"""
            {
              "operationId": "\#(id)",
              "requestBody": { "$ref": "#/components/requestBodies/Question" },
              "responses": {
                "200": { "$ref": "#/components/responses/Answer" },
                "204": { "$ref": "#/components/responses/Nothing" },
                \#(problems.joined(separator: ", "))
              }
            }
            """#
    }
}
