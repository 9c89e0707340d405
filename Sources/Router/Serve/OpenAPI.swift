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
            "/route": { "post": { "$ref": "#/components/pathItems/route/post" } },
            "/route/{tenant}": {
              "parameters": [{ "name": "tenant", "in": "path", "required": true, "description": "The key must be this tenant's.", "schema": { "type": "string" } }],
              "post": { "$ref": "#/components/pathItems/route/post" }
            },
            "/openapi.json": { "get": { "operationId": "describe", "security": [], "responses": { "200": { "description": "This document." } } } }
          },
          "components": {
            "securitySchemes": {
              "key": { "type": "apiKey", "in": "header", "name": "X-Benemen-APIKey" },
              "basic": { "type": "http", "scheme": "basic", "description": "The password is the key; the user name does not matter." }
            },
            "pathItems": {
              "route": {
                "post": {
                  "operationId": "route",
                  "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Question" } } } },
                  "responses": {
                    "200": { "description": "The call shall go elsewhere.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Answer" } } } },
                    "204": { "description": "The call stays on its way: no rule fits, the caller is unknown, or the router is in doubt." },
                    "400": { "$ref": "#/components/responses/Problem" },
                    "401": { "$ref": "#/components/responses/Problem" },
                    "404": { "$ref": "#/components/responses/Problem" },
                    "405": { "$ref": "#/components/responses/Problem" },
                    "408": { "$ref": "#/components/responses/Problem" },
                    "413": { "$ref": "#/components/responses/Problem" },
                    "414": { "$ref": "#/components/responses/Problem" },
                    "417": { "$ref": "#/components/responses/Problem" },
                    "431": { "$ref": "#/components/responses/Problem" }
                  }
                }
              }
            },
            "responses": {
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
                  "targetid": { "type": ["string", "null"], "maxLength": 256 },
                  "extradata": {
                    "type": ["object", "null"],
                    "properties": {
                      "CallId": { "type": ["string", "null"], "maxLength": 256 },
                      "IsInternalCaller": { "type": ["boolean", "null"] }
                    }
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
}
