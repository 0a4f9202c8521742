// Swagger UI over our own description; nothing is validated or fetched elsewhere.
window.SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger', validatorUrl: null, deepLinking: false })
