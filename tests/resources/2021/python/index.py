import idna


def main(request, response):
    host = idna.encode("bücher.example").decode("ascii")
    print("asked for", host)
    return response.json({
        'normal': 'Hello World!',
        'env1': request.env['ENV1'],
        'payload': request.payload,
    })
